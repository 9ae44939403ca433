package io.weir.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both directions against Netty's HPACK: random fields, many blocks of one connection, changing table sizes. */
class HpackRoundTripTest {
    private static final int CONNECTIONS = 150;
    private static final int BLOCKS = 60;
    private static final List<String> NAMES = List.of(":method", ":path", ":authority", ":status", "cookie",
            "content-length", "accept-encoding", "x-a", "x-b", "x-longer-name-than-usual", "authorization", "date");
    private static final List<String> VALUES = List.of("", "GET", "/", "gzip, deflate", "200", "a", "some/longer value",
            "Mon, 21 Oct 2013 20:13:21 GMT", "\u00e4\u00ff", "<>{}\\^`|~");

    private record Field(String name, String value, Indexing indexing) {
        String text() {
            return name + ": " + value;
        }
    }

    private static List<Field> fields(Random random) {
        var fields = new ArrayList<Field>();
        int count = random.nextInt(25);
        for (int i = 0; i < count; i++) {
            String name = random.nextInt(20) == 0
                    ? "x-" + random.nextInt(1_000_000)
                    : NAMES.get(random.nextInt(NAMES.size()));
            String value = VALUES.get(random.nextInt(VALUES.size()));
            if (random.nextInt(6) == 0) {
                value = value + random.nextLong();
            }
            if (random.nextInt(200) == 0) {
                value = "v".repeat(random.nextInt(6000));
            }
            fields.add(new Field(name, value, Indexing.values()[random.nextInt(8) < 6 ? 0 : random.nextInt(3)]));
        }
        return fields;
    }

    private interface Connection {
        void run(Random random) throws Exception;
    }

    private static void connections(Connection connection) throws Exception {
        long first = System.nanoTime();
        for (long seed = first; seed < first + CONNECTIONS; seed++) {
            try {
                connection.run(new Random(seed));
            } catch (AssertionError | RuntimeException | Http2Exception e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void whatTheEncoderWritesNettyReads() throws Exception {
        connections(random -> {
            var encoder = new HpackEncoder();
            var netty = new DefaultHttp2HeadersDecoder(false, 1 << 20);
            var own = new Fields();
            for (int block = 0; block < BLOCKS; block++) {
                for (int changes = random.nextInt(12) - 9; changes > 0; changes--) {
                    int size = random.nextInt(random.nextBoolean() ? 300 : 9000);
                    encoder.tableMax(size);
                    netty.configuration().maxHeaderTableSize(size);
                    own.decoder.tableMax(size);
                }
                var fields = fields(random);
                var out = encode(encoder, fields);
                var read = netty.decodeHeaders(1, out.duplicate());
                var texts = new ArrayList<String>();
                read.forEach(entry -> texts.add(entry.getKey() + ": " + entry.getValue()));
                // Netty orders by pseudo-header fields first
                assertThat(texts).as(ByteBufUtil.hexDump(out))
                        .containsExactlyInAnyOrderElementsOf(fields.stream().map(Field::text).toList());
                assertThat(own.decode(out)).isNull();
                assertThat(own.all).isEqualTo(fields.stream()
                        .map(field -> (field.indexing() == Indexing.FORBIDDEN ? "!" : "") + field.text()).toList());
            }
        });
    }

    private static ByteBuf encode(HpackEncoder encoder, List<Field> fields) {
        var out = Unpooled.buffer();
        encoder.begin();
        for (var field : fields) {
            byte[] name = field.name().getBytes(StandardCharsets.ISO_8859_1);
            byte[] value = field.value().getBytes(StandardCharsets.ISO_8859_1);
            encoder.field(1 + NAMES.indexOf(field.name()), name, 0, name.length, value, 0, value.length,
                    field.indexing()); // all but the rare names have numbers
        }
        encoder.end(out);
        return out;
    }

    @Test
    void whatNettyWritesTheDecoderReads() throws Exception {
        connections(random -> {
            var netty = new DefaultHttp2HeadersEncoder((name, value) -> value.length() % 7 == 3,
                    random.nextBoolean());
            var own = new Fields();
            for (int block = 0; block < BLOCKS; block++) {
                if (random.nextInt(8) == 0) {
                    int size = random.nextInt(random.nextBoolean() ? 300 : 9000);
                    own.decoder.tableMax(size);
                    netty.configuration().maxHeaderTableSize(size);
                }
                var fields = fields(random);
                var headers = new DefaultHttp2Headers(false);
                fields.forEach(field -> headers.add(latin(field.name()), latin(field.value())));
                var out = Unpooled.buffer();
                netty.encodeHeaders(1, headers, out);
                assertThat(own.decode(out)).isNull();
                assertThat(own.all).containsExactlyInAnyOrderElementsOf(fields.stream()
                        .map(field -> (field.value().length() % 7 == 3 ? "!" : "") + field.text()).toList());
            }
        });
    }

    private static AsciiString latin(String text) {
        return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
