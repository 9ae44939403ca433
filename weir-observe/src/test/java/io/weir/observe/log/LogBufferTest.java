package io.weir.observe.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogBufferTest {
    private static final long SEED = 8;

    @Test
    void numbersAreWrittenInDecimal() {
        for (long number : new long[]{0, 9, 10, -1, 1234567890123L, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(new LogBuffer().append(number).toString()).isEqualTo(Long.toString(number));
        }
        assertThat(new LogBuffer().append(7, 3).toString()).isEqualTo("007");
    }

    @Test
    void anyTextIsWrittenInUtf8() {
        Random random = new Random(SEED);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) {
                text.appendCodePoint(random.nextInt(random.nextBoolean() ? 0x80 : 0x110000));
            }
            String made = text.toString();
            LogBuffer out = new LogBuffer().append(made);
            assertThat(Arrays.copyOf(out.bytes(), out.length())).as("seed " + SEED)
                    .isEqualTo(made.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void escapingLeavesNoByteThatCouldEndALineOrAStringAndIsAlwaysUtf8() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            for (boolean json : new boolean[]{false, true}) {
                LogBuffer out = new LogBuffer().append("prefix\"").append(value);
                int from = "prefix\"".length();
                if (json) {
                    out.escapeJson(from);
                } else {
                    out.escapeText(from);
                }
                String written = out.toString().substring(from);
                assertThat(written.getBytes(StandardCharsets.UTF_8)).as("seed " + SEED + " round " + i)
                        .isEqualTo(Arrays.copyOfRange(out.bytes(), from, out.length()));
                String unescaped = written.replaceAll(json ? "\\\\(u00[0-9a-f]{2}|[\"\\\\])" : "\\\\x[0-9a-f]{2}", "");
                assertThat(unescaped.chars().allMatch(c -> c >= 0x20 && c != '"' && c != '\\' && c != 0x7f
                        && !(c >= 0x80 && c < 0xa0))).as("seed " + SEED + " round " + i + ": " + written).isTrue();
            }
        }
    }

    @Test
    void whatIsCleanStaysAsItIs() {
        LogBuffer out = new LogBuffer().append("/path?größe=漢😀");
        out.escapeText(0);
        assertThat(out.toString()).isEqualTo("/path?größe=漢😀");
        out.escapeJson(0);
        assertThat(out.toString()).isEqualTo("/path?größe=漢😀");
    }

    @Test
    void aBufferThatGrewLargeIsLetGo() {
        LogBuffer out = new LogBuffer().append("x".repeat(LogBuffer.KEPT_BYTES_MAX * 2));
        out.clear();
        assertThat(out.bytes().length).isLessThanOrEqualTo(LogBuffer.KEPT_BYTES_MAX);
        assertThat(out.length()).isZero();
    }
}
