package io.weir.net.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.socket.Tlv;
import io.weir.core.socket.TlvChoice;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.introduce.Introduction;
import io.weir.net.sniff.ProxyHeader.Absent;
import io.weir.net.sniff.ProxyHeader.Broken;
import io.weir.net.sniff.ProxyHeader.More;
import io.weir.net.sniff.ProxyHeader.Present;
import io.weir.net.sniff.ProxyHeader.Reading;
import io.weir.net.transport.OnBehalf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static Reading text(String text) {
        return ProxyHeader.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static Reading binary(String hex) {
        return ProxyHeader.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(SIGNATURE + hex)));
    }

    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    @Test
    void theFirstVersionIsALine() {
        assertThat(text("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\nGET")).isInstanceOfSatisfying(Present.class,
                found -> {
                    assertThat(found.header().source()).isEqualTo(at("192.0.2.1", 5000));
                    assertThat(found.header().destination()).isEqualTo(at("198.51.100.2", 443));
                    assertThat(found.header().bytes()).isEqualTo(44);
                });
        assertThat(text("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n")).isInstanceOfSatisfying(Present.class,
                found -> assertThat(found.header().source()).isEqualTo(at("2001:db8::1", 1)));
        assertThat(text("PROXY UNKNOWN whatever it says\r\n")).isInstanceOfSatisfying(Present.class,
                found -> assertThat(found.header().source()).isNull());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 192.0.2.1 198.51.100.2 5000\r\n", "PROXY TCP4 192.0.2 198.51.100.2 1 2\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.2 5000 65536\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\n",
            "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n",
            "PROXY  TCP4 192.0.2.1 198.51.100.2 1 2\r\n", "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n",
            "PROXY TCP4 192.0.2.1 198.51.100.2 -1 2\r\n", "PROXY TCP4 example.com 198.51.100.2 1 2\r\n"})
    void aLineThatBreaksTheRulesIsTold(String line) {
        assertThat(text(line)).isInstanceOfSatisfying(Broken.class,
                broken -> assertThat(broken.version()).isEqualTo(1));
    }

    @Test
    void aLineMayNotGoOnForEver() {
        assertThat(text("PROXY UNKNOWN " + "x".repeat(92))).isInstanceOf(More.class);
        assertThat(text("PROXY UNKNOWN " + "x".repeat(93))).isInstanceOf(Broken.class);
    }

    @Test
    void theSecondVersionIsBinary() {
        assertThat(binary("2111000cc0000201c633640213880 1bb".replace(" ", "")))
                .isInstanceOfSatisfying(Present.class, found -> {
                    assertThat(found.header().source()).isEqualTo(at("192.0.2.1", 5000));
                    assertThat(found.header().destination()).isEqualTo(at("198.51.100.2", 443));
                    assertThat(found.header().bytes()).isEqualTo(28);
                });
        assertThat(binary("21210024" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002"
                + "00010002")).isInstanceOfSatisfying(Present.class, found -> {
                    assertThat(found.header().source()).isEqualTo(at("2001:db8::1", 1));
                    assertThat(found.header().destination()).isEqualTo(at("2001:db8::2", 2));
                });
        assertThat(binary("20000000")).isInstanceOfSatisfying(Present.class,
                found -> assertThat(found.header().source()).isNull());
        assertThat(binary("2112000cc0000201c6336402138801bb")).isInstanceOf(Broken.class);
        assertThat(binary("3111000cc0000201c6336402138801bb")).isInstanceOf(Broken.class);
        assertThat(binary("21110004c0000201")).isInstanceOf(Broken.class);
        assertThat(binary("2111000cc0000201c63364021388")).isInstanceOf(More.class);
    }

    @Test
    void valuesStandBehindTheAddressesAndMustFit() {
        assertThat(binary("21110011c0000201c6336402138801bb" + "ea00026869"))
                .isInstanceOfSatisfying(Present.class, found -> assertThat(found.header().values()).singleElement()
                        .satisfies(value -> {
                            assertThat(value.type()).isEqualTo(0xea);
                            assertThat(value.text()).isEqualTo("hi");
                        }));
        assertThat(binary("21110011c0000201c6336402138801bb" + "ea00036869")).isInstanceOf(Broken.class);
        assertThat(binary("2111000ec0000201c6336402138801bb" + "ea00")).isInstanceOf(Broken.class);
    }

    @Test
    void aChecksumMustBeThatOfTheHead() {
        String head = "21110013c0000201c6336402138801bb" + "030004";
        var sum = new CRC32C();
        sum.update(HexFormat.of().parseHex(SIGNATURE + head + "00000000"));
        assertThat(binary(head + HexFormat.of().toHexDigits((int) sum.getValue()))).isInstanceOf(Present.class);
        assertThat(binary(head + HexFormat.of().toHexDigits((int) sum.getValue() + 1))).isInstanceOf(Broken.class);
    }

    @Test
    void whatBeginsLikeNeitherIsSeenAtItsFirstOtherByte() {
        assertThat(text("")).isInstanceOf(More.class);
        assertThat(text("PROX")).isInstanceOf(More.class);
        assertThat(text("\r\n\r\n")).isInstanceOf(More.class);
        assertThat(text("PUT")).isInstanceOf(Absent.class);
        assertThat(text("\r\n\r\r")).isInstanceOf(Absent.class);
    }

    @Test
    void whateverComesItTakesNothingAndDoesNotFail() {
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        byte[] whole = HexFormat.of().parseHex(SIGNATURE + "21110011c0000201c6336402138801bb" + "ea00026869");
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            bytes[12 + dice.nextInt(bytes.length - 12)] = (byte) dice.nextInt(256);
            ByteBuf come = Unpooled.wrappedBuffer(bytes, 0, dice.nextInt(bytes.length + 1));
            int size = come.readableBytes();
            ProxyHeader.read(come);
            assertThat(come.readableBytes()).as("seed %d", seed).isEqualTo(size);
        }
    }

    private static InetSocketAddress any(Random dice) {
        byte[] ip = new byte[dice.nextBoolean() ? 4 : 16];
        dice.nextBytes(ip);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), dice.nextInt(65_536));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsWrittenIsReadAsItWasMeant() {
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        var channel = new EmbeddedChannel();
        Counter tooLong = new Stats().root().counter("too_long");
        for (int round = 0; round < 2_000; round++) {
            var client = new OnBehalf(any(dice), any(dice), List.of(new Tlv(dice.nextInt(5, 256), "\u00ff\0x")));
            int version = 1 + round % 2;
            var written = new Introduction(new ProxyHeaderSpec(version, TlvChoice.ALL, List.of(new Tlv(0xe0, "a"))),
                    client, tooLong).bytes(channel);
            assertThat(ProxyHeader.read(written)).as("seed %d", seed).isInstanceOfSatisfying(Present.class, found -> {
                assertThat(found.header().bytes()).isEqualTo(written.readableBytes());
                assertThat(found.header().source()).as("seed %d", seed).isEqualTo(client.source());
                assertThat(found.header().destination()).isEqualTo(client.destination());
                boolean same = client.values().getFirst().type() == 0xe0;
                assertThat(found.header().values()).hasSize(version == 1 ? 0 : same ? 1 : 2);
            });
            written.release();
        }
    }
}
