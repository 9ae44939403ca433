package io.weir.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressTextTest {
    @Test
    void ipv6IsWrittenAsRfc5952Says() throws UnknownHostException {
        Map<String, String> cases = Map.of("20010db8000000000000000000000001", "2001:db8::1",
                "00000000000000000000000000000000", "::", "00000000000000000000000000000001", "::1",
                "20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1", "20010db8000000000001000000000001",
                "2001:db8::1:0:0:1", "fe800000000000000000000000000000", "fe80::");
        for (Map.Entry<String, String> each : cases.entrySet()) {
            InetAddress ip = InetAddress.getByAddress(HexFormat.of().parseHex(each.getKey()));
            assertThat(AddressText.of(ip)).isEqualTo(each.getValue());
            assertThat(AddressText.of(new InetSocketAddress(ip, 80))).isEqualTo('[' + each.getValue() + "]:80");
        }
    }
}
