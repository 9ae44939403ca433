package io.weir.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Header blocks as bytes: the two fields that a call looks for, among others, in every form that HPACK has. */
class HeaderBlockTest {
    private static HeaderBlock read(String hex) {
        HeaderBlock block = new HeaderBlock();
        block.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", ""))));
        return block;
    }

    @ParameterizedTest
    @CsvSource({
            "88, 200, -1", "8d, 404, -1", // indexed
            "48 03 353033, 503, -1", // a literal, to be kept in a table that has no room
            "08 82 0b5f, 14, -1", // the digits 1 and 4 in the Huffman code
            "20 88, 200, -1", // the table's size first
            "88 0f 10 01 61 00 0b 677270632d737461747573 01 30, 200, 0", // content-type: a, then grpc-status: 0
            "40 0b 677270632d737461747573 02 3132, 0, 12",
            "10 87 9acac8b21234da 01 35, 0, -1", // too few bytes for that name: another field
            "00 88 9acac8b21234da8f 81 07, 0, 0", // grpc-status: 0, both in the Huffman code
            "00 88 9acac8b21234da8f 01 78, 0, -1", // x is no status
    })
    void statusAndGrpcStatusAreFoundInEveryForm(String hex, int status, int grpcStatus) {
        HeaderBlock block = read(hex);
        assertThat(block.status()).isEqualTo(status);
        assertThat(block.grpcStatus()).isEqualTo(grpcStatus);
    }

    @Test
    void aBlockThatIsCutOffOrLiesIsNotRead() {
        for (String hex : new String[]{"48", "48 05 3530", "7f ffffffffff 01 30", "00 7f"}) {
            assertThatThrownBy(() -> read(hex)).as(hex).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
