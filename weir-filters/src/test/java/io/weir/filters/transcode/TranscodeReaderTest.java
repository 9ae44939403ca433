package io.weir.filters.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.envoyproxy.envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder;
import io.weir.filters.FilterExtensions;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be wrong with descriptors and rules, and how that is told. */
class TranscodeReaderTest {
    @TempDir
    private Path folder = Path.of("");

    private static List<String> problems(GrpcJsonTranscoder.Builder config) {
        var context = ReadContext.standalone(FilterExtensions.addTo(Extensions.basic()));
        var spec = new TranscodeReader().read(config.build(), context);
        var problems = context.problems().stream().map(p -> p.path() + ": " + p.value() + ": " + p.message()).toList();
        assertThat(spec == null).isEqualTo(!problems.isEmpty());
        return problems;
    }

    private static GrpcJsonTranscoder.Builder config(FileDescriptorSet set) {
        return GrpcJsonTranscoder.newBuilder().setProtoDescriptorBin(set.toByteString()).addServices("shop.Items");
    }

    private static FileDescriptorSet changed(String from, String to) {
        String text = ItemsService.set().toString();
        assertThat(text).contains(from);
        return ItemsService.parsed(text.replace(from, to));
    }

    @Test
    void descriptorsStandInAFileOrInTheConfiguration() throws IOException {
        assertThat(problems(config(ItemsService.set()))).isEmpty();
        Path file = Files.write(folder.resolve("items.pb"), ItemsService.set().toByteArray());
        assertThat(problems(GrpcJsonTranscoder.newBuilder().setProtoDescriptor(file.toString())
                .addServices("shop.Items"))).isEmpty();
        assertThat(problems(GrpcJsonTranscoder.newBuilder().setProtoDescriptor(folder.resolve("none").toString())
                .addServices("shop.Items"))).singleElement().asString().contains("proto_descriptor: ")
                .contains("the file cannot be read");
    }

    @Test
    void withoutServicesTheFilterIsOff() {
        assertThat(problems(GrpcJsonTranscoder.newBuilder().setProtoDescriptor("none"))).isEmpty();
    }

    @Test
    void whatIsNoDescriptorSetIsSaidSo() {
        assertThat(problems(GrpcJsonTranscoder.newBuilder().setProtoDescriptorBin(ByteString.copyFromUtf8("hello"))
                .addServices("shop.Items"))).singleElement().asString().contains("this is no descriptor set");
        var alone = FileDescriptorSet.newBuilder().addFile(ItemsService.set().getFileList().getLast()).build();
        assertThat(problems(config(alone))).singleElement().asString().contains("the import")
                .contains("is missing");
        assertThat(problems(config(ItemsService.set()).addServices("shop.Others"))).singleElement().asString()
                .contains("services[1]: shop.Others: the descriptors have no such service");
    }

    @Test
    void whatIsWrongWithARuleIsToldByItsMethod() {
        assertThat(problems(config(changed("/v1/fail/{id}", "/v1/fail/{nobody}")))).singleElement().asString()
                .contains("services[0]").contains("shop.Items.Fail")
                .contains("the request has no such field: nobody");
        assertThat(problems(config(changed("/v1/fail/{id}", "/v1/fail/{labels}")))).singleElement().asString()
                .contains("the request has no such field: labels");
        assertThat(problems(config(changed("/v1/fail/{id}", "/v1/fail/{id")))).singleElement().asString()
                .contains("\"}\" is missing");
        assertThat(problems(config(changed("/v1/fail/{id}", "/v1/items/{id}")))).singleElement().asString()
                .contains("another method has the pattern GET /v1/items/{id} already");
        assertThat(problems(config(changed("\"LOOK\"", "\"HEAD\"")))).singleElement().asString()
                .contains("requests of method \"HEAD\" cannot be calls");
        assertThat(problems(config(changed("body: \"item\"", "body: \"nobody\"")))).singleElement().asString()
                .contains("the request has no field nobody for its body");
        assertThat(problems(config(changed("response_body: \"place\"", "response_body: \"nobody\""))))
                .singleElement().asString().contains("the answer has no field nobody for its body");
    }
}
