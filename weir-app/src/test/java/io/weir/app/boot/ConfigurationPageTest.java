package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilterExtensions;
import io.weir.http.config.HttpExtensions;
import io.weir.stream.tcp.TcpProxyReader;
import io.weir.xds.compile.Extensions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/configuration.md} lists what the tables of honoured fields say. With WEIR_GOLDEN=write in the environment
 * the list is written anew.
 */
final class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String BEGIN = "<!-- begin: what is honoured -->\n";
    private static final String END = "<!-- end: what is honoured -->\n";

    /** What the tables say of one message. */
    private record Entry(Set<String> honoured, Set<String> ignored) {
        Entry() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>());
        }
    }

    @Test
    void thePageListsWhatIsHonoured() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        String list = list();
        if ("write".equals(System.getenv("WEIR_GOLDEN"))) {
            page = page.substring(0, from) + list + page.substring(page.indexOf(END));
            Files.writeString(PAGE, page);
        }
        assertThat(page.substring(from, page.indexOf(END))).isEqualTo(list);
    }

    private static String list() throws IOException {
        SortedMap<String, Entry> entries = new TreeMap<>();
        read(entries, Extensions.class, "/io/weir/xds/check/honoured.txt");
        read(entries, Extensions.class, "/io/weir/xds/honoured.txt");
        read(entries, HttpExtensions.class, "/io/weir/http/honoured.txt");
        read(entries, FilterExtensions.class, "/io/weir/filters/honoured.txt");
        read(entries, TcpProxyReader.class, "/io/weir/stream/honoured.txt");
        StringBuilder text = new StringBuilder("| message | honoured | ignored |\n|---|---|---|\n");
        entries.forEach((message, entry) -> text.append("| `").append(message).append("` | ")
                .append(String.join(" ", entry.honoured)).append(" | ").append(String.join(" ", entry.ignored))
                .append(" |\n"));
        return text.toString();
    }

    private static void read(SortedMap<String, Entry> entries, Class<?> anchor, String resource) throws IOException {
        for (String block : blocks(anchor, resource)) {
            int mark = 0;
            while (":=?!".indexOf(block.charAt(mark)) < 0) {
                mark++;
            }
            Entry entry = entries.computeIfAbsent(block.substring(0, mark), _ -> new Entry());
            String rest = block.substring(mark + 1).strip();
            String field = rest.contains(":") ? rest.substring(0, rest.indexOf(':')) : rest;
            switch (block.charAt(mark)) {
                case ':' -> entry.honoured.addAll(Arrays.stream(rest.split("[\\s,]+", -1))
                        .map(name -> name.equals("*") ? "all" : name).toList());
                case '=' -> entry.honoured.add(field + " (" + rest.substring(field.length() + 1).strip() + ")");
                case '?' -> entry.ignored.add(field);
                default -> {
                    // refused, as everything that is not named
                }
            }
        }
    }

    private static List<String> blocks(Class<?> anchor, String resource) throws IOException {
        List<String> blocks = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(anchor.getResourceAsStream(resource), resource)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                String text = line.contains("#") ? line.substring(0, line.indexOf('#')) : line;
                if (text.isBlank()) {
                    continue;
                }
                if (Character.isWhitespace(text.charAt(0))) {
                    blocks.set(blocks.size() - 1, blocks.getLast() + " " + text.strip());
                } else {
                    blocks.add(text.strip());
                }
            }
        }
        return blocks;
    }
}
