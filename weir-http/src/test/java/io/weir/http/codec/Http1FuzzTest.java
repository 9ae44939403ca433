package io.weir.http.codec;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.weir.http.codec.Differential.Side;
import java.nio.charset.StandardCharsets;

/**
 * The codec against the reference parsers, as far as a fuzzer finds ways between them. Runs the seeds only, unless
 * {@code JAZZER_FUZZ=1} is set; then one method at a time: {@code -Dtest=Http1FuzzTest#requests}.
 */
class Http1FuzzTest {
    private static final HeadLimits LIMITS = new HeadLimits(2048, 8);
    private static final int CUTS_MAX = 4;

    @FuzzTest(maxDuration = "4m")
    void requests(FuzzedDataProvider data) {
        check(data, Side.REQUESTS, "");
    }

    @FuzzTest(maxDuration = "3m")
    void responses(FuzzedDataProvider data) {
        check(data, data.pickValue(new Side[]{Side.RESPONSES, Side.RESPONSES_TO_HEAD, Side.RESPONSES_TO_CONNECT}), "");
    }

    @FuzzTest(maxDuration = "3m")
    void chunkedBodies(FuzzedDataProvider data) {
        check(data, Side.REQUESTS, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    private static void check(FuzzedDataProvider data, Side side, String start) {
        var cuts = new int[data.consumeInt(0, CUTS_MAX)];
        int last = 0;
        for (int i = 0; i < cuts.length; i++) {
            last = data.consumeInt(last, last + 200);
            cuts[i] = last;
        }
        String bytes = start + new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1);
        new Differential(side, LIMITS).check(bytes, cuts);
    }
}
