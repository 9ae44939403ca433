package io.weir.http.grpc.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.route.Heads;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GrpcWordsTest {
    private static boolean call(String type) {
        return GrpcWords.is(Heads.to("/", "content-type: " + type));
    }

    @Test
    void aCallIsKnownByItsContentType() {
        assertThat(call("application/grpc")).isTrue();
        assertThat(call("application/grpc+proto")).isTrue();
        assertThat(call("application/grpc;charset=utf-8")).isTrue();
        assertThat(call("application/grpc-web")).isFalse();
        assertThat(call("application/grp")).isFalse();
        assertThat(call("text/plain")).isFalse();
        assertThat(GrpcWords.is(Heads.to("/"))).isFalse();
        assertThat(GrpcWords.is(Heads.to("/", "content-type: Application/gRPC+proto"))).isTrue();
    }

    @Test
    void anAnswerSaysInFieldsWhatOthersSayInStatusAndBody() {
        var head = Heads.response(503, "content-type: text/plain");
        GrpcWords.answer(head, GrpcStatus.ofHttp(503), "no 100% host\n\u00e4".getBytes(StandardCharsets.UTF_8));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.value(HeaderName.CONTENT_TYPE)).isEqualTo("application/grpc");
        assertThat(head.value(GrpcStatus.FIELD)).isEqualTo("14");
        assertThat(head.value(GrpcStatus.MESSAGE)).isEqualTo("no 100%25 host%0A%C3%A4");
    }

    @Test
    void statusesOfHttpAreMappedAsGrpcSaysIt() {
        assertThat(GrpcStatus.ofHttp(400)).isEqualTo(GrpcStatus.INTERNAL);
        assertThat(GrpcStatus.ofHttp(401)).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(GrpcStatus.ofHttp(403)).isEqualTo(GrpcStatus.PERMISSION_DENIED);
        assertThat(GrpcStatus.ofHttp(404)).isEqualTo(GrpcStatus.UNIMPLEMENTED);
        assertThat(GrpcStatus.ofHttp(429)).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(GrpcStatus.ofHttp(500)).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.UNAUTHENTICATED.number()).isEqualTo(16);
    }

    @Test
    void aStatusIsANumberOrNone() {
        assertThat(GrpcStatus.in(Heads.response(200, "grpc-status: 14"))).isEqualTo(14);
        assertThat(GrpcStatus.in(Heads.response(200, "grpc-status: x"))).isEqualTo(-1);
        assertThat(GrpcStatus.in(Heads.response(200, "grpc-status: 12345"))).isEqualTo(-1);
        assertThat(GrpcStatus.in(Heads.response(200))).isEqualTo(-1);
    }
}
