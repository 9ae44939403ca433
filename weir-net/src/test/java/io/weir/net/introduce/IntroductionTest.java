package io.weir.net.introduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.socket.Tlv;
import io.weir.core.socket.TlvChoice;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.transport.OnBehalf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IntroductionTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final Counter tooLong = new Stats().root().counter("too_long");

    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    private ByteBuf bytes(ProxyHeaderSpec spec, @Nullable OnBehalf client) {
        return new Introduction(spec, client, tooLong).bytes(new EmbeddedChannel());
    }

    private String line(SocketAddress source, SocketAddress destination) {
        ByteBuf bytes = bytes(new ProxyHeaderSpec(1, TlvChoice.ALL, List.of()),
                new OnBehalf(source, destination, List.of(new Tlv(0xea, "x"))));
        String text = bytes.toString(StandardCharsets.US_ASCII);
        bytes.release();
        return text;
    }

    private String hex(TlvChoice passed, List<Tlv> added, @Nullable OnBehalf client) {
        ByteBuf bytes = bytes(new ProxyHeaderSpec(2, passed, added), client);
        String text = ByteBufUtil.hexDump(bytes);
        bytes.release();
        assertThat(text).startsWith(SIGNATURE);
        return text.substring(SIGNATURE.length());
    }

    private static OnBehalf client(Tlv... values) {
        return new OnBehalf(at("192.0.2.1", 5000), at("198.51.100.2", 443), List.of(values));
    }

    @Test
    void theFirstVersionIsALineOfBothAddresses() {
        assertThat(line(at("192.0.2.1", 5000), at("198.51.100.2", 443)))
                .isEqualTo("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n");
        assertThat(line(at("2001:db8::1", 1), at("2001:db8::2", 2)))
                .isEqualTo("PROXY TCP6 2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:2 1 2\r\n");
        assertThat(line(at("192.0.2.1", 5000), at("2001:db8::2", 2)))
                .isEqualTo("PROXY TCP6 ::ffff:192.0.2.1 2001:db8:0:0:0:0:0:2 5000 2\r\n");
        assertThat(line(UnixDomainSocketAddress.of("/a"), UnixDomainSocketAddress.of("/b")))
                .isEqualTo("PROXY UNKNOWN\r\n");
    }

    @Test
    void theSecondVersionIsBinaryAndTellsValuesToo() {
        assertThat(hex(TlvChoice.NONE, List.of(), client(new Tlv(0xea, "no"))))
                .isEqualTo("2111000cc0000201c6336402138801bb");
        assertThat(hex(TlvChoice.ALL, List.of(new Tlv(0xe0, "a")), client(new Tlv(0xea, "hi"))))
                .isEqualTo("21110015c0000201c6336402138801bb" + "e0000161" + "ea00026869");
        assertThat(hex(TlvChoice.ALL, List.of(),
                new OnBehalf(at("192.0.2.1", 1), at("2001:db8::2", 2), List.of())))
                .isEqualTo("21210024" + "00000000000000000000ffffc0000201" + "20010db8000000000000000000000002"
                        + "00010002");
        assertThat(hex(TlvChoice.ALL, List.of(),
                new OnBehalf(UnixDomainSocketAddress.of("/a"), UnixDomainSocketAddress.of("/b"),
                        List.of(new Tlv(0xea, "hi")))))
                .isEqualTo("21000005" + "ea00026869");
    }

    @Test
    void aConnectionForNobodySaysThatItIsOurOwn() {
        assertThat(hex(TlvChoice.ALL, List.of(new Tlv(0xe0, "a")), null)).isEqualTo("20000000");
        ByteBuf check = Unpooled.buffer();
        Introduction.ofWeir(1, check);
        assertThat(check.toString(StandardCharsets.US_ASCII)).isEqualTo("PROXY UNKNOWN\r\n");
    }

    @Test
    void ofWhatCameOnlyWhatIsMeantGoesOnAndWhatIsAddedGoesBefore() {
        var chosen = new TlvChoice(false, Set.of(0xea, Tlv.CRC32C));
        assertThat(hex(chosen, List.of(), client(new Tlv(0xeb, "no"), new Tlv(0xea, "hi"), new Tlv(Tlv.CRC32C, "abcd"),
                new Tlv(Tlv.NOOP, ""))))
                .as("a sum over another head is true of no other").endsWith("01bb" + "ea00026869");
        assertThat(hex(chosen, List.of(new Tlv(0xea, "a")), client(new Tlv(0xea, "hi"))))
                .endsWith("01bb" + "ea000161");
    }

    @Test
    void whatHasNoRoomIsLeftOutAndCounted() {
        Tlv big = new Tlv(0xea, "x".repeat(40_000));
        assertThat(hex(TlvChoice.ALL, List.of(), client(big, new Tlv(0xeb, "y".repeat(40_000)), new Tlv(0xec, "z"))))
                .endsWith("ec00017a").hasSize(2 * (4 + 12 + big.sizeBytes() + 4));
        assertThat(tooLong.value()).isEqualTo(1);
    }
}
