package io.weir.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What documents name is there. */
final class DocumentsTest {
    private static final Pattern SOURCE = Pattern.compile("`([a-z]+)/((?:[a-z]+/)*[A-Z]\\w*)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    private static final Project PROJECT = new Project();

    @Test
    void everyFileThatTheWalksNameExists() {
        List<String> missing = new ArrayList<>();
        int named = 0;
        List<String> lines = Project.lines(PROJECT.path("ARCHITECTURE.md"));
        for (int i = 0; i < lines.size(); i++) {
            Matcher source = SOURCE.matcher(lines.get(i));
            while (source.find()) {
                named++;
                String file = "weir-" + source.group(1) + "/src/main/java/io/weir/" + source.group(1) + "/"
                        + source.group(2) + ".java";
                if (!Files.exists(PROJECT.path(file))) {
                    missing.add("ARCHITECTURE.md:" + (i + 1) + ": " + source.group() + " is not there: " + file);
                }
            }
        }
        assertThat(named).as("files named in the walks").isGreaterThan(20);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyLinkOfADocumentLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path document : PROJECT.textFiles().stream().filter(file -> file.toString().endsWith(".md")).toList()) {
            List<String> lines = Project.lines(document);
            for (int i = 0; i < lines.size(); i++) {
                Matcher link = LINK.matcher(lines.get(i));
                while (link.find()) {
                    if (!Files.exists(document.resolveSibling(link.group(1)))) {
                        broken.add(PROJECT.name(document) + ":" + (i + 1) + ": no file " + link.group(1));
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
    }
}
