package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.h2.Rfc9113Cases.Case;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page that lists what is tested of RFC 9113. */
final class ConformancePageTest {
    @Test
    void thePageListsEveryCase() throws IOException {
        var page = Path.of("..", "docs", "conformance.md");
        if ("write".equals(System.getenv("WEIR_GOLDEN"))) {
            Files.writeString(page, text());
        }
        assertThat(Files.readString(page)).isEqualTo(text());
    }

    private static String text() throws IOException {
        try (var in = ConformancePageTest.class.getResourceAsStream("/conformance/introduction.md")) {
            if (in == null) {
                throw new IOException("no introduction");
            }
            var out = new StringBuilder(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            out.append("## Frames, streams and connections: sections 3 to 7\n\n");
            table(out, Rfc9113Cases.all());
            out.append("\n## Messages: section 8\n\n");
            table(out, Http2MessageCases.all());
            return out.toString();
        }
    }

    private static void table(StringBuilder out, List<Case> cases) {
        out.append("| section | what the client sends | reaction |\n|---|---|---|\n");
        for (var one : cases) {
            out.append("| ").append(one.section()).append(" | ").append(one.what()).append(" | ").append(one.reaction())
                    .append(" |\n");
        }
    }
}
