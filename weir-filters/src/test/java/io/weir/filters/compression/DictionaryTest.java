package io.weir.filters.compression;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.typed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdDictTrainer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that are short and like each other: zstd with dictionaries, trained for the test. */
@Timeout(60)
final class DictionaryTest {
    private static final String COMPRESSOR = "envoy.extensions.filters.http.compressor.v3.Compressor";
    private static final String DECOMPRESSOR = "envoy.extensions.filters.http.decompressor.v3.Decompressor";

    private static byte[] trained(String of) {
        var trainer = new ZstdDictTrainer(200_000, 4_096);
        for (int i = 0; i < 1_000; i++) {
            trainer.addSample(text(of, i).getBytes(StandardCharsets.US_ASCII));
        }
        return trainer.trainSamples();
    }

    private static String text(String of, int i) {
        return "{ \"" + of + "\": " + i + ", \"name of the " + of + "\": \"number " + i * 7 % 1000 + "\", \"price\": "
                + i % 10 + " }";
    }

    private static ByteBuf packed(byte[] dictionary, String text) {
        var coder = new Zstandard(3, false, 0, dictionary.length == 0 ? null : new ZstdDictCompress(dictionary, 3))
                .open();
        var out = Unpooled.directBuffer();
        coder.write(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), out, true);
        coder.end();
        return out;
    }

    private static String unpacked(Map<Long, ZstdDictDecompress> dictionaries, ByteBuf packed, int step)
            throws BadCoding {
        var coder = new Unzstandard(100, dictionaries).open();
        var out = Unpooled.directBuffer(100_000, 100_000);
        try {
            while (packed.isReadable()) {
                var piece = packed.readSlice(Math.min(step, packed.readableBytes()));
                while (coder.read(piece, out) || piece.isReadable()) {
                    assertThat(out.isWritable()).isTrue();
                }
            }
            assertThat(coder.complete()).isTrue();
            return out.toString(StandardCharsets.US_ASCII);
        } finally {
            coder.end();
            out.release();
            packed.release();
        }
    }

    @Test
    void ofSeveralDictionariesTheOneIsUsedThatTheBodyNames() throws Exception {
        var known = new HashMap<Long, ZstdDictDecompress>();
        for (String of : List.of("shop", "item")) {
            byte[] dictionary = trained(of);
            known.put(DictionaryReader.id(dictionary), new ZstdDictDecompress(dictionary));
            for (int step : new int[]{1, 3, 1_000}) {
                assertThat(unpacked(Map.of(DictionaryReader.id(dictionary), new ZstdDictDecompress(dictionary)),
                        packed(dictionary, text(of, 5)), step)).isEqualTo(text(of, 5));
            }
        }
        assertThat(known).hasSize(2);
        for (String of : List.of("item", "shop")) {
            byte[] dictionary = trained(of); // the same samples make the same dictionary
            var small = packed(dictionary, text(of, 5_000));
            assertThat(small.readableBytes()).isLessThan(text(of, 5_000).length() / 2);
            for (int step : new int[]{1, 3, 1_000}) {
                assertThat(unpacked(known, small.copy(), step)).isEqualTo(text(of, 5_000));
            }
            small.release();
        }
        for (String plain : List.of("", "plain", "x".repeat(90_000))) {
            assertThat(unpacked(known, packed(new byte[0], plain), 1)).as("without any").isEqualTo(plain);
        }
    }

    @Test
    void aBodyWhoseDictionaryIsNotKnownIsBad() {
        byte[] dictionary = trained("shop");
        assertThatThrownBy(() -> unpacked(Map.of(), packed(dictionary, text("shop", 5)), 1_000))
                .isInstanceOf(BadCoding.class);
    }

    private static String library(String kind, String config) {
        return kind + "_library: { name: lib, typed_config: " + typed("envoy.extensions.compression.zstd." + kind
                + ".v3.Zstd", config) + " }";
    }

    private static String inline(byte[] bytes) {
        return "{ inline_bytes: \"" + Base64.getEncoder().encodeToString(bytes) + "\" }";
    }

    @Test
    void dictionariesAreReadWhereTheyStandAndWhatCannotBeUsedIsTold() {
        byte[] shop = trained("shop");
        byte[] plain = text("shop", 1).getBytes(StandardCharsets.US_ASCII);
        assertThat(filter(COMPRESSOR, library("compressor", "dictionary: " + inline(shop))).problems()).isEmpty();
        assertThat(filter(DECOMPRESSOR, library("decompressor", "dictionaries: [ " + inline(shop) + ", "
                + inline(trained("item")) + " ]")).problems()).isEmpty();
        assertThat(filter(DECOMPRESSOR, library("decompressor", "dictionaries: [ " + inline(plain) + " ]")).problems())
                .isEmpty();
        assertThat(filter(DECOMPRESSOR, library("decompressor", "dictionaries: [ " + inline(shop) + ", "
                + inline(plain) + " ]")).problems()).singleElement().asString().contains("dictionaries[1]")
                .contains("a number of its own");
        assertThat(filter(COMPRESSOR, library("compressor", "dictionary: { filename: /nowhere/dict }")).problems())
                .singleElement().asString().contains("dictionary.filename").contains("/nowhere/dict");
    }
}
