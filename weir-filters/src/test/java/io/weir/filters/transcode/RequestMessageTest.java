package io.weir.filters.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.DynamicMessage;
import io.envoyproxy.envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder;
import io.envoyproxy.envoy.extensions.filters.http.grpc_json_transcoder.v3.UnknownQueryParams;
import io.weir.filters.FilterExtensions;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a request's path, query and body make of a message where the configuration reads them in its own way. */
final class RequestMessageTest {
    private static TranscodeSpec spec(boolean anyCase, boolean captured) {
        var config = GrpcJsonTranscoder.newBuilder().setProtoDescriptorBin(ItemsService.set().toByteString())
                .addServices("shop.Items").setCaseInsensitiveEnumParsing(anyCase)
                .setCaptureUnknownQueryParameters(captured).build();
        return Objects.requireNonNull(new TranscodeReader().read(config,
                ReadContext.standalone(FilterExtensions.addTo(Extensions.basic()))));
    }

    private static RequestMessage request(TranscodeSpec spec, String method, String path) throws Exception {
        return new RequestMessage(spec, new Json(spec.types(), spec.printing(), spec.enumsInAnyCase()),
                Objects.requireNonNull(spec.bindings().find(method, path)));
    }

    private static DynamicMessage item(TranscodeSpec spec, String body) throws Exception {
        byte[] bytes = request(spec, "POST", "/v1/items").message(body.getBytes(StandardCharsets.UTF_8), null);
        return DynamicMessage.parseFrom(ItemsService.method("Create").getInputType(), bytes);
    }

    private static Object kind(DynamicMessage item) {
        return item.getField(item.getDescriptorForType().findFieldByName("kind"));
    }

    @Test
    void namesOfEnumsAreReadInAnyCaseWhereThatIsSaid() throws Exception {
        var fruit = ItemsService.method("Create").getInputType().findFieldByName("kind").getEnumType()
                .findValueByName("FRUIT");
        for (String written : List.of("FRUIT", "fruit", "Fruit")) {
            assertThat(kind(item(spec(true, false), "{\"kind\":\"" + written + "\"}"))).isEqualTo(fruit);
            var request = request(spec(true, false), "GET", "/v1/items/i");
            request.query("item.kind=" + written);
            var message = DynamicMessage.parseFrom(ItemsService.method("Get").getInputType(),
                    request.message(null, null));
            assertThat(kind((DynamicMessage) message.getField(message.getDescriptorForType().findFieldByName("item"))))
                    .isEqualTo(fruit);
        }
        assertThat(kind(item(spec(true, false), "{\"kind\":1}"))).isEqualTo(fruit);
        assertThatThrownBy(() -> request(spec(false, false), "GET", "/v1/items/i").query("item.kind=fruit"))
                .isInstanceOf(RequestMessage.Unfit.class);
        assertThatThrownBy(() -> request(spec(true, false), "GET", "/v1/items/i").query("item.kind=fruits"))
                .isInstanceOf(RequestMessage.Unfit.class);
    }

    @Test
    void parametersThatTheMessageHasNoFieldForGoAlongWithAnHttpBody() throws Exception {
        var request = request(spec(false, true), "POST", "/v1/pages/p");
        request.query("labels=x&utm=1&utm=2&%C3%A4=&deep.er=3");
        var message = DynamicMessage.parseFrom(ItemsService.method("Page").getInputType(),
                request.message("body".getBytes(StandardCharsets.US_ASCII), "text/plain"));
        var upload = (DynamicMessage) message.getField(message.getDescriptorForType().findFieldByName("upload"));
        assertThat(HttpBodies.type(upload)).isEqualTo("text/plain");
        var any = Any.parseFrom(upload.getUnknownFields().getField(3).getLengthDelimitedList().getFirst());
        var parameters = any.unpack(UnknownQueryParams.class).getKeyMap();
        assertThat(parameters).hasSize(3);
        var texts = new HashMap<String, List<String>>();
        parameters.forEach((name, values) -> texts.put(name, List.copyOf(values.getValuesList())));
        assertThat(texts).containsEntry("utm", List.of("1", "2")).containsEntry("\u00e4", List.of(""))
                .containsEntry("deep.er", List.of("3"));
    }

    @Test
    void whatIsCapturedSaysNothingWhereThereIsNoHttpBody() throws Exception {
        var request = request(spec(false, true), "GET", "/v1/items/i");
        request.query("utm=1");
        var message = DynamicMessage.parseFrom(ItemsService.method("Get").getInputType(),
                request.message(null, null));
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        assertThat(message.getAllFields()).hasSize(1);
        assertThatThrownBy(() -> request(spec(false, false), "GET", "/v1/items/i").query("utm=1"))
                .isInstanceOf(RequestMessage.Unfit.class);
    }
}
