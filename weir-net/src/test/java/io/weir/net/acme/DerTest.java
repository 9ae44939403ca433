package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

final class DerTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({"2.5.29.17, 0603551d11", "1.3.6.1.5.5.7.1.31, 06082b0601050507011f",
            "1.2.840.113549.1.1.11, 06092a864886f70d01010b", "1.2.840.10045.4.3.2, 06082a8648ce3d040302"})
    void objectIdentifiersAreWrittenAsCertificatesCarryThem(String dotted, String bytes) {
        assertThat(hex(Der.object(dotted))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0, 0400", "127, 047f", "128, 048180", "255, 0481ff", "256, 04820100", "65536, 0483010000"})
    void lengthsHaveAsFewBytesAsTheyNeed(int length, String header) {
        assertThat(hex(Der.octets(new byte[length]))).startsWith(header).hasSize(header.length() + 2 * length);
    }

    @Test
    void numbersWithTheHighestBitSetStayPositive() {
        assertThat(hex(Der.integer(BigInteger.valueOf(0x87654321L)))).isEqualTo("02050087654321");
        assertThat(hex(Der.integer(0))).isEqualTo("020100");
    }

    @Test
    void timesAreInUtcWithoutFractions() {
        assertThat(new String(Der.time(Instant.parse("2026-11-28T03:04:05.678Z")), 2, 15,
                java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("20261128030405Z");
    }
}
