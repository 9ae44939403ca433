package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that come before their request is complete, from hosts that then close with most of it unread. */
@Timeout(120)
final class EarlyAnswerTest {
    private static final int ROUNDS = 200;
    private static final int UPLOAD_BYTES = 10 << 20;
    private static final byte[] BLOCK = new byte[64 * 1024];
    private static final String TOO_LARGE = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"
            + "Content-Length: 9\r\n\r\ntoo large";

    /** Uploads on a thread of its own and returns what is answered meanwhile. */
    private static HttpMessage upload(RawHttp client, String framing) throws Exception {
        var sending = Thread.ofVirtual().start(() -> {
            try {
                boolean chunked = framing.startsWith("Transfer-Encoding");
                client.send("POST /upload HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
                for (int sent = 0; sent < UPLOAD_BYTES; sent += BLOCK.length) {
                    if (chunked) {
                        client.send("10000\r\n").send(BLOCK).send("\r\n");
                    } else {
                        client.send(BLOCK);
                    }
                }
            } catch (IOException closed) {
                // who has been answered need not send the rest
            }
        });
        var answer = client.patience(Duration.ofSeconds(10)).response();
        client.close();
        sending.join();
        return answer;
    }

    @Test
    void anAnswerSurvivesTheResetThatFollowsIt() throws Exception {
        try (var origin = Origin.streaming((_, wire) -> {
            wire.send(TOO_LARGE);
            wire.close();
        }); var proxy = ProxyFixture.before(origin)) {
            for (int i = 0; i < ROUNDS; i++) {
                String framing = i % 2 == 0 ? "Content-Length: " + UPLOAD_BYTES : "Transfer-Encoding: chunked";
                var answer = upload(proxy.client(), framing);
                assertThat(answer.status()).as("round " + i).isEqualTo(413);
                assertThat(answer.body()).isEqualTo("too large");
            }
            assertThat(proxy.cluster.stats().upstreamRqRetry().value()).isZero();
        }
    }

    @Test
    void anAnswerGivenInTheMiddleOfAnUploadSurvivesToo() throws Exception {
        try (var origin = Origin.streaming((_, wire) -> {
            wire.in().skipNBytes(UPLOAD_BYTES / 4);
            wire.send(TOO_LARGE);
            wire.close();
        }); var proxy = ProxyFixture.before(origin)) {
            for (int i = 0; i < ROUNDS / 4; i++) {
                var answer = upload(proxy.client(), "Content-Length: " + UPLOAD_BYTES);
                assertThat(answer.status()).as("round " + i).isEqualTo(413);
            }
        }
    }

    @Test
    void aConnectionWhoseWriteFailedServesNoFurtherRequest() throws Exception {
        var answers = new AtomicInteger();
        try (var origin = Origin.streaming((request, wire) -> {
            if (request.method().equals("POST")) {
                wire.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"); // and no word of closing
                wire.close();
            } else {
                wire.reply(200, "answer " + answers.incrementAndGet());
            }
        }); var proxy = ProxyFixture.before(origin)) {
            for (int i = 1; i <= 10; i++) {
                assertThat(upload(proxy.client(), "Content-Length: " + UPLOAD_BYTES).status()).isEqualTo(413);
                try (var client = proxy.client()) {
                    var answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response();
                    assertThat(answer.body()).isEqualTo("answer " + i);
                }
            }
            assertThat(proxy.cluster.stats().upstreamRqRetry().value()).isZero();
        }
    }

    @Test
    void aHostThatOnlyResetsIsStillAFailure() throws Exception {
        try (var origin = Origin.streaming((_, wire) -> wire.reset()); var proxy = ProxyFixture.before(origin)) {
            for (int i = 0; i < 20; i++) {
                assertThat(upload(proxy.client(), "Content-Length: " + UPLOAD_BYTES).status()).isEqualTo(503);
            }
        }
    }
}
