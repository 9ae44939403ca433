package io.weir.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer may get wrong, by the section of RFC 7541 that it breaks, and what only looks wrong. */
class HpackDecoderTest {
    private final Fields fields = new Fields();

    @ParameterizedTest(name = "{0} ({1})")
    @CsvSource(textBlock = """
            an index of zero, 6.1, 80, INDEX
            an index beyond the static table while the dynamic one is empty, 2.3.3, be, INDEX
            a name's index beyond both tables, 2.3.3, 7e 0161, INDEX
            a name's index beyond both tables without indexing, 2.3.3, 0f2f 0161, INDEX
            an integer of five octets, 5.1, ff 80808080 00, INTEGER
            an integer beyond 32 bits, 5.1, ff ffffffff ff7f, INTEGER
            an integer that does not end, 5.1, ff 80, TRUNCATED
            an integer without its second octet, 5.1, ff, TRUNCATED
            a length beyond the block, 5.2, 00 0561, TRUNCATED
            a length of two octets beyond the block, 5.2, 00 7f80 0161, TRUNCATED
            a literal without a value, 6.2, 00 0161, TRUNCATED
            a literal of one octet, 6.2, 00, TRUNCATED
            a literal with an indexed name and nothing else, 6.2, 41, TRUNCATED
            the end symbol, 5.2, 00 0161 84 ffffffff, HUFFMAN_END
            the end symbol behind text, 5.2, 00 0161 85 1ffffffffc, HUFFMAN_END
            padding of eight bits, 5.2, 00 0161 82 1fff, HUFFMAN_PADDING
            padding of eight bits and nothing else, 5.2, 00 0161 81 ff, HUFFMAN_PADDING
            padding with a zero, 5.2, 00 0161 81 1e, HUFFMAN_PADDING
            padding of zeros, 5.2, 00 0161 81 18, HUFFMAN_PADDING
            a name with wrong padding, 5.2, 00 81 18 0161, HUFFMAN_PADDING
            a long code that is cut, 5.2, 00 0161 82 fffe, HUFFMAN_PADDING
            a size update behind a field, 4.2, 82 20, SIZE_UPDATE_LATE
            a third size update, 4.2, 20 20 20, SIZE_UPDATES_TOO_MANY
            a size beyond the setting, 6.3, 3fe2 1f, SIZE_UPDATE_TOO_LARGE
            a size beyond all settings, 6.3, 3f ffffff7f, SIZE_UPDATE_TOO_LARGE
            a size update without its end, 6.3, 3f, TRUNCATED
            """)
    void aBlockThatBreaksARuleIsRefused(String what, String section, String block, BlockError error) {
        assertThat(fields.decode(block)).isEqualTo(error);
    }

    @Test
    void afterAnErrorNothingIsDecodedAnyMore() {
        assertThat(fields.decode("80")).isEqualTo(BlockError.INDEX);
        assertThat(fields.decode("82")).isEqualTo(BlockError.INDEX);
        assertThat(fields.all).isEmpty();
    }

    @Test
    void anEmptyBlockHasNoFields() {
        assertThat(fields.decode("")).isNull();
        assertThat(fields.all).isEmpty();
    }

    @Test
    void emptyNamesAndValuesAreFields() {
        assertThat(fields.decode("00 00 00 00 80 80")).isNull();
        assertThat(fields.all).containsExactly(": ", ": ");
    }

    @Test
    void paddingOfSevenBitsIsAllowed() {
        // 'X' and ';' have eight bits, '0' five: 3 bits of padding; "^0" has 14 + 5 bits, "a0<" 5 + 5 + 15 and 7 are
        // left
        assertThat(fields.decode("00 0161 81 07")).isNull();
        assertThat(fields.all).containsExactly("a: 0");
        assertThat(fields.decode("00 0161 84 18 3ffe 7f")).isNull();
        assertThat(fields.all).containsExactly("a: a0<");
    }

    @Test
    void aSizeOfZeroEmptiesTheTable() {
        assertThat(fields.decode("4001 6101 62")).isNull();
        assertThat(fields.table()).containsExactly("a: b");
        assertThat(fields.decode("20 3fe1 1f 82")).isNull();
        assertThat(fields.table()).isEmpty();
        assertThat(fields.decode("be")).isEqualTo(BlockError.INDEX);
    }

    @Test
    void anEntryLargerThanTheTableEmptiesIt() { // section 4.4
        fields.decoder.tableMax(64);
        assertThat(fields.decode("3f21 4001 6101 62")).isNull();
        assertThat(fields.table()).containsExactly("a: b");
        assertThat(fields.decode("4001 61 20" + "62".repeat(32))).isNull();
        assertThat(fields.all).containsExactly("a: " + "b".repeat(32));
        assertThat(fields.table()).isEmpty();
    }

    @Test
    void theNameOfAnEntryThatIsPushedOutIsStillTheNewOnes() { // section 4.4
        fields.decoder.tableMax(36);
        assertThat(fields.decode("3f05 4001 6103 626262")).isNull();
        assertThat(fields.decode("7e 03 636363")).isNull();
        assertThat(fields.all).containsExactly("a: ccc");
        assertThat(fields.table()).containsExactly("a: ccc");
    }

    @Test
    void aLoweredSettingHasToBeFollowedByTheNextBlock() { // section 4.2
        fields.decoder.tableMax(100);
        assertThat(fields.decode("82")).isEqualTo(BlockError.SIZE_UPDATE_MISSING);
    }

    @Test
    void aLoweredSettingIsFollowedByASizeWithinIt() { // section 4.2
        fields.decoder.tableMax(100);
        assertThat(fields.decode("3f46 82")).as("101 bytes").isEqualTo(BlockError.SIZE_UPDATE_TOO_LARGE);
        var others = new Fields();
        others.decoder.tableMax(100);
        assertThat(others.decode("3f45 82")).as("100 bytes").isNull();
        assertThat(others.decode("82")).isNull();
    }

    @Test
    void aRaisedSettingNeedsNoSizeUpdate() {
        fields.decoder.tableMax(8192);
        assertThat(fields.decode("82")).isNull();
        assertThat(fields.decode("3fe1 3f 82")).as("8,192 bytes").isNull();
    }

    @Test
    void aFieldOfATableComesWithTheTagThatItWasGiven() {
        assertThat(fields.decode("82 4001 6101 62")).isNull();
        assertThat(fields.tags).containsExactly(0, 0);
        assertThat(fields.decode("82 be 84")).isNull();
        assertThat(fields.all).containsExactly(":method: GET", "a: b", ":path: /");
        assertThat(fields.tags).isEqualTo(List.of(1, 2, 0));
    }

    @Test
    void aLiteralWithoutIndexingHasNoTag() {
        assertThat(fields.decode("0001 6101 62 0001 6101 62 1001 6101 62")).isNull();
        assertThat(fields.tags).containsExactly(0, 0, 0);
    }
}
