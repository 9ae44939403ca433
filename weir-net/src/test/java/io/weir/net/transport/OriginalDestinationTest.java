package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Socket addresses as the kernel writes them; what it says of real connections is tested with a real packet filter. */
class OriginalDestinationTest {
    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void anIpv4AddressIsReadWithItsPortInTheNetworksOrder() {
        assertThat(OriginalDestination.read(bytes("0200 1f90 0a090001 0000000000000000"), true))
                .isEqualTo(new InetSocketAddress("10.9.0.1", 8080));
        assertThat(OriginalDestination.read(bytes("0200 ffff ffffffff 0000000000000000"), true))
                .isEqualTo(new InetSocketAddress("255.255.255.255", 65_535));
    }

    @Test
    void anIpv6AddressIsReadBehindItsFlowLabel() {
        assertThat(OriginalDestination.read(
                bytes("0a00 01bb 01020304 fd000000000000000000000000000009 00000000"), false))
                .isEqualTo(new InetSocketAddress("fd00::9", 443));
    }

    @Test
    void anAnswerThatIsTooShortIsNone() {
        assertThat(OriginalDestination.read(bytes("0200 1f90 0a09"), true)).isNull();
        assertThat(OriginalDestination.read(bytes("0a00 01bb 00000000 fd00"), false)).isNull();
    }
}
