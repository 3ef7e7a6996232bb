#include "abi/embedded_vfp.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "abi/strings.h"
#include "abi/vfp_documents.h"
#include "base/json.h"

namespace abi {

struct EmbeddedVfp::State {
  hns::Service& service;
  vfp::Engine& engine;
  FrameAccess& frames;
  VfpTable table;
};

namespace {

using State = EmbeddedVfp::State;

State& Of(void* context) { return *static_cast<State*>(context); }

void Clear(char16_t** text) {
  if (text != nullptr) *text = nullptr;
}

base::Error BadPointer() { return base::MakeError(base::hr::E_POINTER, "a place for the result is missing"); }

base::Result<vfp::PortIndex> FindPort(const State& state, const char16_t* port) {
  HNS_ASSIGN_OR_RETURN(const std::string text, ReadText(port));
  HNS_ASSIGN_OR_RETURN(const std::string id, state.service.PortId(text));
  const auto index = state.engine.FindPort(id);
  if (!index) return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND, "there is no port `" + id + "`");
  return *index;
}

HRESULT Finish(const base::Status& status, char16_t** error_record) {
  return status.ok() ? base::hr::OK : Fail(status.error(), error_record);
}

// Runs `make() -> Result<json::Value>` and gives its text out.
template <typename Make>
HRESULT GiveDocument(char16_t** out, char16_t** error_record, Make make) {
  Clear(out);
  Clear(error_record);
  if (out == nullptr) return Fail(BadPointer(), error_record);
  const base::Result<base::json::Value> document = make();
  if (!document.ok()) return Fail(document.error(), error_record);
  *out = NewText(base::json::Write(*document));
  return *out != nullptr ? base::hr::OK : Fail(base::MakeError(base::hr::E_OUTOFMEMORY), error_record);
}

template <typename Make>
HRESULT GiveBytes(std::uint8_t** out, std::size_t* length, char16_t** error_record, Make make) {
  Clear(error_record);
  if (out == nullptr || length == nullptr) return Fail(BadPointer(), error_record);
  *out = nullptr;
  *length = 0;
  const base::Result<std::vector<std::uint8_t>> bytes = make();
  if (!bytes.ok()) return Fail(bytes.error(), error_record);
  // Never null on success: one byte where there is nothing.
  *out = static_cast<std::uint8_t*>(std::malloc(bytes->size() + 1));
  if (*out == nullptr) return Fail(base::MakeError(base::hr::E_OUTOFMEMORY), error_record);
  if (!bytes->empty()) std::memcpy(*out, bytes->data(), bytes->size());
  *length = bytes->size();
  return base::hr::OK;
}

HRESULT ListPorts(void* context, char16_t** ports, char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveDocument(ports, error_record, [&]() -> base::Result<base::json::Value> {
    HNS_ASSIGN_OR_RETURN(const auto networks, state.service.NetworksByPort());
    base::json::Array array;
    for (const vfp::PortInfo& port : state.engine.Ports()) {
      const auto it = networks.find(port.spec.id);
      array.push_back(PortDocument(port, it != networks.end() ? it->second : std::string()));
    }
    return base::json::Value(std::move(array));
  });
}

HRESULT ListLayers(void* context, const char16_t* port, char16_t** layers, char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveDocument(layers, error_record, [&]() -> base::Result<base::json::Value> {
    HNS_ASSIGN_OR_RETURN(const vfp::PortIndex index, FindPort(state, port));
    HNS_ASSIGN_OR_RETURN(const std::vector<vfp::LayerInfo> infos, state.engine.Layers(index));
    base::json::Array array;
    for (const vfp::LayerInfo& layer : infos) array.push_back(LayerDocument(layer));
    return base::json::Value(std::move(array));
  });
}

struct FlowQuery {
  std::uint64_t cursor = 0;
  std::size_t limit = 100;
};

base::Result<FlowQuery> ReadFlowQuery(const char16_t* query) {
  constexpr std::uint64_t kMaxLimit = 10'000;  // A page is made in one piece.
  FlowQuery result;
  HNS_ASSIGN_OR_RETURN(const std::string text, ReadText(query));
  if (text.empty()) return result;
  HNS_ASSIGN_OR_RETURN(const base::json::Value document, base::json::Parse(text));
  const auto invalid = [](const char* remedy) { return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, remedy); };
  const base::json::Object* object = document.AsObject();
  if (object == nullptr) return invalid("the query must be an object");
  if (const base::json::Value* limit = object->Find("limit"); limit != nullptr && !limit->IsNull()) {
    const auto number = limit->AsUint64();
    if (!number || *number == 0 || *number > kMaxLimit) return invalid("`limit` must be a number from 1 to 10000");
    result.limit = static_cast<std::size_t>(*number);
  }
  if (const base::json::Value* cursor = object->Find("cursor"); cursor != nullptr && !cursor->IsNull()) {
    const std::string* digits = cursor->AsString();
    if (digits == nullptr) return invalid("`cursor` must be the `next` of an earlier page");
    const char* end = digits->data() + digits->size();
    const auto [rest, error] = std::from_chars(digits->data(), end, result.cursor);
    if (error != std::errc() || rest != end) return invalid("`cursor` must be the `next` of an earlier page");
  }
  return result;
}

HRESULT ListFlows(void* context, const char16_t* port, const char16_t* query, char16_t** flows,
                  char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveDocument(flows, error_record, [&]() -> base::Result<base::json::Value> {
    HNS_ASSIGN_OR_RETURN(const FlowQuery wanted, ReadFlowQuery(query));
    vfp::PortIndex index = vfp::kNoPort;
    if (port != nullptr) {
      HNS_ASSIGN_OR_RETURN(index, FindPort(state, port));
    }
    return FlowPageDocument(state.engine.Flows(index, wanted.cursor, wanted.limit));
  });
}

HRESULT GetPortCounters(void* context, const char16_t* port, char16_t** counters, char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveDocument(counters, error_record, [&]() -> base::Result<base::json::Value> {
    HNS_ASSIGN_OR_RETURN(const vfp::PortIndex index, FindPort(state, port));
    HNS_ASSIGN_OR_RETURN(const vfp::PortInfo info, state.engine.Port(index));
    return CountersDocument(info);
  });
}

HRESULT Explain(void* context, const char16_t* port, const std::uint8_t* frame, std::size_t length,
                char16_t** explanation, char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveDocument(explanation, error_record, [&]() -> base::Result<base::json::Value> {
    if ((frame == nullptr && length != 0) || length > wire::kMaxFrameBytes) {
      return base::MakeError(base::hr::ERR_INVALID_FRAME, "a frame of `" + std::to_string(length) + "` bytes");
    }
    HNS_ASSIGN_OR_RETURN(const vfp::PortIndex index, FindPort(state, port));
    std::vector<std::uint8_t> bytes(frame, frame + length);
    wire::Frame view;
    view.data = bytes.data();
    view.length = static_cast<std::uint32_t>(length);
    HNS_ASSIGN_OR_RETURN(const vfp::Explanation result, state.engine.Explain(index, view));
    return ExplanationDocument(result);
  });
}

HRESULT SendFrames(void* context, const char16_t* port, const std::uint8_t* packed, std::size_t length,
                   char16_t** error_record) noexcept {
  Clear(error_record);
  State& state = Of(context);
  if (packed == nullptr && length != 0) return Fail(BadPointer(), error_record);
  const auto index = FindPort(state, port);
  if (!index.ok()) return Fail(index.error(), error_record);
  return Finish(state.frames.Send(*index, {packed, length}), error_record);
}

HRESULT ReceiveFrames(void* context, const char16_t* port, std::uint8_t** packed, std::size_t* length,
                      char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveBytes(packed, length, error_record, [&]() -> base::Result<std::vector<std::uint8_t>> {
    HNS_ASSIGN_OR_RETURN(const vfp::PortIndex index, FindPort(state, port));
    return state.frames.Receive(index);
  });
}

HRESULT StartCapture(void* context, const char16_t* port, std::size_t max_bytes, char16_t** error_record) noexcept {
  Clear(error_record);
  State& state = Of(context);
  const auto index = FindPort(state, port);
  if (!index.ok()) return Fail(index.error(), error_record);
  return Finish(state.frames.StartCapture(*index, max_bytes), error_record);
}

HRESULT ReadCapture(void* context, const char16_t* port, std::uint8_t** packed, std::size_t* length,
                    char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveBytes(packed, length, error_record, [&]() -> base::Result<std::vector<std::uint8_t>> {
    HNS_ASSIGN_OR_RETURN(const vfp::PortIndex index, FindPort(state, port));
    return state.frames.ReadCapture(index);
  });
}

HRESULT StopCapture(void* context, const char16_t* port, char16_t** error_record) noexcept {
  Clear(error_record);
  State& state = Of(context);
  const auto index = FindPort(state, port);
  if (!index.ok()) return Fail(index.error(), error_record);
  return Finish(state.frames.StopCapture(*index), error_record);
}

HRESULT DescribeCompartment(void* context, const base::Guid& name_space, char16_t** description,
                            char16_t** error_record) noexcept {
  State& state = Of(context);
  return GiveDocument(description, error_record, [&]() -> base::Result<base::json::Value> {
    HNS_ASSIGN_OR_RETURN(const ports::CompartmentInfo info, state.service.DescribeCompartment(name_space));
    base::json::Object object;
    object.Set("kind", info.kind);
    if (info.kind != "memory") {
      object.Set("pid", info.pid);
      object.Set("helper", info.helper);
    }
    return base::json::Value(std::move(object));
  });
}

}  // namespace

EmbeddedVfp::EmbeddedVfp(hns::Service& service, vfp::Engine& engine, FrameAccess& frames)
    : state_(new State{service, engine, frames, {}}) {
  VfpTable& t = state_->table;
  t.context = state_.get();
  t.free_string = [](void*, char16_t* text) noexcept { FreeText(text); };
  t.free_bytes = [](void*, std::uint8_t* bytes) noexcept { std::free(bytes); };
  t.list_ports = ListPorts;
  t.list_layers = ListLayers;
  t.list_flows = ListFlows;
  t.get_port_counters = GetPortCounters;
  t.explain = Explain;
  if (frames.CarriesFrames()) {
    t.send_frames = SendFrames;
    t.receive_frames = ReceiveFrames;
  }
  t.start_capture = StartCapture;
  t.read_capture = ReadCapture;
  t.stop_capture = StopCapture;
  t.describe_compartment = DescribeCompartment;
}

EmbeddedVfp::~EmbeddedVfp() = default;

const VfpTable& EmbeddedVfp::table() const { return state_->table; }

}  // namespace abi
