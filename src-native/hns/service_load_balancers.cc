#include <utility>

#include "hns/change.h"
#include "hns/model/load_balancers.h"
#include "schema/modify_request.h"

namespace hns {

base::Result<ObjectRef> Service::CreateLoadBalancer(const base::Guid& id, std::string_view settings) {
  HNS_ASSIGN_OR_RETURN(base::json::Object document, ParseSettings(ObjectKind::kLoadBalancer, settings));
  HNS_ASSIGN_OR_RETURN(schema::LoadBalancer wanted, schema::ReadLoadBalancer(std::move(document)));
  ObjectRef created;
  const base::Status written = Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer balancer,
                         hns::CreateLoadBalancer(change.context, id, std::move(wanted)));
    const auto record = FindRecord(change.store, Table::kLoadBalancers, balancer.id);
    created = {balancer.id, record ? record->incarnation : 0};
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> rules, CompileLoadBalancer(change.context, balancer));
    return change.AddRules(std::move(rules));
  });
  HNS_RETURN_IF_ERROR(written);
  return created;
}

base::Status Service::ModifyLoadBalancer(const ObjectRef& object, std::string_view settings) {
  HNS_RETURN_IF_ERROR(Require(profile_.version, Feature::kModifyLoadBalancer, "changing a load balancer in place"));
  HNS_ASSIGN_OR_RETURN(base::json::Object document, schema::ParseObject(settings));
  HNS_ASSIGN_OR_RETURN(schema::ModifyLoadBalancerRequest request,
                       schema::ReadModifyLoadBalancerRequest(std::move(document)));
  if (request.request && *request.request != schema::RequestType::kUpdate) {
    return base::MakeError(base::hr::HCN_E_REQUEST_UNSUPPORTED,
                           "`" + std::string(schema::RequestTypeName(*request.request)) +
                               "` of a load balancer; its whole document replaces it");
  }
  return Write([&](Change& change) -> base::Status {
    HNS_RETURN_IF_ERROR(change.Check(ObjectKind::kLoadBalancer, object));
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer old, LoadLoadBalancer(change.store, object.id));
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> before, CompileLoadBalancer(change.context, old));
    change.rules.Before(std::move(before));
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer balancer,
                         ReplaceLoadBalancer(change.context, old, std::move(request.document)));
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> after, CompileLoadBalancer(change.context, balancer));
    return change.AddRules(std::move(after));
  });
}

base::Status Service::DeleteLoadBalancer(const base::Guid& id) {
  return Write([&](Change& change) -> base::Status {
    HNS_ASSIGN_OR_RETURN(const schema::LoadBalancer balancer, LoadLoadBalancer(change.store, id));
    HNS_ASSIGN_OR_RETURN(std::vector<PlacedRule> before, CompileLoadBalancer(change.context, balancer));
    change.rules.Before(std::move(before));
    RemoveLoadBalancer(change.store, balancer);
    return {};
  });
}

}  // namespace hns
