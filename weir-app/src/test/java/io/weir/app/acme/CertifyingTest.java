package io.weir.app.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Stats;
import io.weir.core.tls.AcmeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertifyingTest {
    @TempDir
    Path folder = Path.of("");

    /** One that never comes: its directory would have to be made below a file. */
    private AcmeSpec spec(String name) throws IOException {
        Path file = folder.resolve("file");
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        return new AcmeSpec(name, List.of(name), "https://127.0.0.1:1/dir", "", true, file.resolve("acme").toString(),
                AcmeSpec.Challenge.HTTP_01, AcmeSpec.KeyKind.ECDSA_P256, null, null);
    }

    @Test
    void certificatesAreAskedForWhileTheProcessServesAndNeitherBeforeNorAfter() throws IOException {
        try (var certifying = new Certifying(new Stats())) {
            certifying.expect(List.of(spec("shop.example")));
            certifying.follow();
            assertThat(certifying.followed()).as("before it serves").isZero();
            certifying.begin();
            assertThat(certifying.followed()).as("while it serves").isEqualTo(1);
            certifying.expect(List.of(spec("shop.example"), spec("blog.example")));
            certifying.follow();
            assertThat(certifying.followed()).as("after a change").isEqualTo(2);
            certifying.rest();
            certifying.follow();
            assertThat(certifying.followed()).as("while it drains").isZero();
        }
    }
}
