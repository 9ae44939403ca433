package io.weir.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/**
 * Blocks of any bytes against Netty's decoder: what is taken is read alike. Runs the seeds only, unless
 * {@code JAZZER_FUZZ=1} is set.
 */
class HpackFuzzTest {
    private static final int BLOCKS_MAX = 4;

    @FuzzTest(maxDuration = "4m")
    void blocks(FuzzedDataProvider data) throws Http2Exception {
        var decoder = new HpackDecoder();
        var netty = new DefaultHttp2HeadersDecoder(false, 1 << 20);
        for (int block = 0; block < BLOCKS_MAX && data.remainingBytes() > 0; block++) {
            byte[] bytes = data.consumeBytes(block == BLOCKS_MAX - 1 ? data.remainingBytes() : data.consumeInt(0, 200));
            var fields = new ArrayList<String>();
            var error = decoder.decode(Unpooled.wrappedBuffer(bytes), (line, start, name, value, tag, sensitive) -> {
                fields.add(new String(line, start, name + 2 + value, StandardCharsets.ISO_8859_1));
                return tag;
            });
            if (error != null) {
                return; // Netty is laxer with integers and with the number of size updates
            }
            var read = netty.decodeHeaders(1, Unpooled.wrappedBuffer(bytes));
            var texts = new ArrayList<String>();
            read.forEach(entry -> texts.add(entry.getKey() + ": " + entry.getValue()));
            assertThat(texts).containsExactlyInAnyOrderElementsOf(fields);
        }
    }
}
