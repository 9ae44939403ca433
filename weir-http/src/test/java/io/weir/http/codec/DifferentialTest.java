package io.weir.http.codec;

import io.weir.http.codec.Differential.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The codec against the reference parsers: at all split points, and over mutations from a seed. */
class DifferentialTest {
    private static final HeadLimits LIMITS = new HeadLimits(8192, 100);
    private static final HeadLimits TIGHT = new HeadLimits(120, 4);
    /** Beyond this, splits are tried at every 97th place, so that the test stays short. */
    private static final int SPLIT_ALL_BYTES_MAX = 700;
    private static final int MUTATIONS = 40_000;
    private static final List<String> PIECES = List.of("\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", ",", ";", "\"",
            "\\", "\0", "\u007f", "\u0085", "\u00ff", "#", "*", "/", "?", "@", "%", "[", "]", "0", "1", "f", "-", "+",
            "0\r\n\r\n", "http://", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "GET ", "HEAD ", "OPTIONS ", "CONNECT ",
            "chunked", "gzip", "Content-Length: 5\r\n", "content-length: 0\r\n", "Transfer-Encoding: chunked\r\n",
            "Connection: close\r\n", "Connection: keep-alive, x-a\r\n", "X-A: b\r\n", "Host: a.example\r\n",
            "Host: [::1]:80\r\n", "Expect: 100-continue\r\n", "TE: trailers\r\n", "Upgrade: h2c\r\n", "close",
            "keep-alive", ";a=b", ";a=\"b\"", "204", "304", "100", "99999999999999999999");

    private static List<String> corpus(Side side) {
        var cases = side == Side.REQUESTS ? SmugglingCases.requests() : SmugglingCases.responses();
        return cases.stream().map(SmugglingCases.Case::text).toList();
    }

    @ParameterizedTest
    @EnumSource
    void everySplitOfEveryCaseMeansTheSame(Side side) {
        for (var limits : List.of(LIMITS, TIGHT)) {
            var differential = new Differential(side, limits);
            for (String bytes : corpus(side)) {
                differential.check(bytes);
                int step = bytes.length() <= SPLIT_ALL_BYTES_MAX ? 1 : 97;
                for (int cut = 1; cut < bytes.length(); cut += step) {
                    differential.check(bytes, cut);
                }
                int[] all = new int[Math.min(bytes.length(), 3000)];
                Arrays.setAll(all, i -> i);
                differential.check(bytes, all);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void mutationsMeanTheSame(Side side) {
        long seed = Long.getLong("weir.seed", 20261123L);
        var random = new Random(seed + side.name().hashCode());
        var corpus = corpus(side).stream().filter(c -> c.length() < 2000).toList();
        var differentials = List.of(new Differential(side, LIMITS), new Differential(side, TIGHT));
        for (int i = 0; i < MUTATIONS; i++) {
            String bytes = mutated(corpus, random);
            try {
                differentials.get(i & 1).check(bytes, cuts(bytes.length(), random));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", mutation " + i + ": " + Differential.shown(bytes), e);
            }
        }
    }

    @Test
    void randomBytesMeanTheSame() {
        long seed = Long.getLong("weir.seed", 7L);
        var random = new Random(seed);
        for (int i = 0; i < MUTATIONS; i++) {
            var bytes = new StringBuilder(
                    i % 2 == 0 ? "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" : "");
            for (int n = random.nextInt(12); n > 0; n--) {
                bytes.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            try {
                new Differential(Side.REQUESTS, TIGHT).check(bytes.toString(), cuts(bytes.length(), random));
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", round " + i, e);
            }
        }
    }

    private static String mutated(List<String> corpus, Random random) {
        var bytes = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
        for (int n = random.nextInt(4); n >= 0; n--) {
            int at = random.nextInt(bytes.length() + 1);
            int to = Math.min(bytes.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(6)) {
                case 0 -> bytes.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> bytes.replace(at, to, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> bytes.delete(at, to);
                case 3 -> bytes.insert(at, bytes.substring(at, to));
                case 4 -> bytes.replace(at, Math.min(bytes.length(), at + 1),
                        String.valueOf((char) random.nextInt(256)));
                case 5 -> bytes.replace(at, bytes.length(), tail(corpus.get(random.nextInt(corpus.size())), random));
                default -> throw new AssertionError();
            }
        }
        return bytes.toString();
    }

    private static String tail(String other, Random random) {
        return other.substring(random.nextInt(other.length() + 1));
    }

    private static int[] cuts(int length, Random random) {
        var cuts = new ArrayList<Integer>();
        for (int n = random.nextInt(5); n > 0 && length > 1; n--) {
            cuts.add(random.nextInt(length));
        }
        return cuts.stream().sorted().mapToInt(Integer::intValue).toArray();
    }
}
