package io.weir.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The limits of CONTRIBUTING.md. Every message names file:line, what stands there and what to do. */
final class TidyTest {
    private static final int FILE_LINES_MAX = 500;
    private static final int METHOD_LINES_MAX = 70;
    private static final int LINE_CHARACTERS_MAX = 120;
    private static final int PACKAGE_TYPES_MAX = 30;

    private static final Set<String> EMPTY_WORDS = Set.of("Util", "Utils", "Utility", "Helper", "Helpers", "Impl",
            "Base", "Abstract");
    private static final Pattern GETTER = Pattern.compile("get[A-Z].*");
    private static final Pattern LATER_MARK = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern REGISTRY = Pattern.compile("repo\\d?\\.maven\\b|\\bsonatype\\.(org|com)"
            + "|npmjs\\.(org|com)|yarnpkg\\.com|pypi\\.org|pythonhosted\\.org"
            + "|(docker|ghcr|quay|gcr|jitpack|crates)\\.io\\b"
            + "|golang\\.org|deb\\.debian\\.org|<repositories>|<pluginRepositories>|<distributionManagement>");

    private static final Project PROJECT = new Project();
    private static final List<Path> JAVA = PROJECT.javaFiles();
    private static final SourceShapes SHAPES = SourceShapes.of(JAVA);

    @Test
    void theWholeProjectIsSeen() {
        assertThat(PROJECT.sourceFolders()).as("source folders").hasSizeGreaterThanOrEqualTo(10);
        assertThat(SHAPES.types()).extracting(SourceShapes.Type::name).contains("TidyTest", "Host", "HttpHead");
    }

    @Test
    void noFileIsLongerThanItsLimit() {
        List<String> broken = new ArrayList<>();
        for (Path file : JAVA) {
            int lines = Project.lines(file).size();
            if (lines > FILE_LINES_MAX) {
                broken.add(at(file, FILE_LINES_MAX + 1) + lines + " lines, at most " + FILE_LINES_MAX
                        + ": give one idea of it a file of its own");
            }
        }
        assertNone(broken);
    }

    @Test
    void noMethodIsLongerThanItsLimit() {
        List<String> broken = new ArrayList<>();
        for (SourceShapes.Method method : SHAPES.methods()) {
            if (method.lines() > METHOD_LINES_MAX) {
                broken.add(at(method.file(), method.line()) + method.name() + " has " + method.lines()
                        + " lines, at most " + METHOD_LINES_MAX + ": name its parts");
            }
        }
        assertNone(broken);
    }

    @Test
    void noLineIsLongerThanItsLimit() {
        List<String> broken = new ArrayList<>();
        for (Path file : JAVA) {
            boolean test = PROJECT.name(file).contains("/src/test/");
            boolean textBlock = false;
            List<String> lines = Project.lines(file);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                int characters = characters(line);
                // a text block of a test holds a file or a message as others write it
                if (characters > LINE_CHARACTERS_MAX && !(test && textBlock)) {
                    broken.add(at(file, i + 1) + characters + " characters, at most " + LINE_CHARACTERS_MAX
                            + ": mvn spotless:apply, or break the string");
                }
                textBlock ^= line.split("\"\"\"", -1).length % 2 == 0;
            }
        }
        assertNone(broken);
    }

    @Test
    void noPackageHasMoreTypesThanItsLimit() {
        Map<Path, List<SourceShapes.Type>> packages = SHAPES.types().stream().filter(SourceShapes.Type::top)
                .collect(Collectors.groupingBy(type -> folder(type.file()), TreeMap::new, Collectors.toList()));
        List<String> broken = new ArrayList<>();
        packages.forEach((folder, types) -> {
            if (types.size() > PACKAGE_TYPES_MAX) {
                broken.add(PROJECT.name(folder) + ": " + types.size() + " types, at most " + PACKAGE_TYPES_MAX
                        + ": a second idea wants a package of its own");
            }
        });
        assertNone(broken);
    }

    @Test
    void everyPackageHasItsSign() {
        Set<String> signed = JAVA.stream().filter(file -> file.endsWith("package-info.java")).filter(TidyTest::isSign)
                .map(TidyTest::moduleAndPackage).collect(Collectors.toSet());
        assertNone(JAVA.stream().filter(file -> !signed.contains(moduleAndPackage(file)))
                .map(file -> PROJECT.name(folder(file)) + ": no package-info.java with a sentence on what lives here"
                        + " and @NullMarked")
                .distinct().toList());
    }

    @Test
    void noTypeHidesBehindAnEmptyWord() {
        List<String> broken = new ArrayList<>();
        for (SourceShapes.Type type : SHAPES.types()) {
            for (String word : type.name().split("(?<=[a-z0-9])(?=[A-Z])", -1)) {
                if (EMPTY_WORDS.contains(word)) {
                    broken.add(at(type.file(), type.line()) + type.name() + ": \"" + word
                            + "\" says nothing; use the field's own word");
                }
            }
        }
        assertNone(broken);
    }

    @Test
    void noMethodIsAGetter() {
        assertNone(SHAPES.methods().stream().filter(method -> !method.overrides())
                .filter(method -> GETTER.matcher(method.name()).matches())
                .map(method -> at(method.file(), method.line()) + method.name() + ": drop the \"get\"").toList());
    }

    @Test
    void nothingIsLeftForLater() {
        assertNone(linesWith(PROJECT.textFiles(), LATER_MARK, "do it, or write it down where the work is planned"));
    }

    @Test
    void nothingNamesARegistry() {
        Path here = PROJECT.path("weir-app/src/test/java/io/weir/app/house/TidyTest.java");
        List<Path> files = PROJECT.textFiles().stream().filter(file -> !file.equals(here)).toList();
        assertNone(linesWith(files, REGISTRY, "where packages come from is the builder's own setting"));
    }

    private static List<String> linesWith(List<Path> files, Pattern pattern, String cure) {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = Project.lines(file);
            for (int i = 0; i < lines.size(); i++) {
                var matcher = pattern.matcher(lines.get(i));
                if (matcher.find()) {
                    found.add(at(file, i + 1) + "\"" + matcher.group() + "\": " + cure);
                }
            }
        }
        return found;
    }

    /** Characters of a line that was read one character a byte: the continuation bytes of UTF-8 do not count. */
    private static int characters(String line) {
        return (int) line.chars().filter(octet -> (octet & 0xC0) != 0x80).count();
    }

    private static boolean isSign(Path file) {
        String text = String.join("\n", Project.lines(file));
        return text.contains("/**") && text.contains("NullMarked");
    }

    private static Path folder(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " stands in no folder");
        }
        return parent;
    }

    /** "weir-core io/weir/core/model": a package's sign may stand in main or in test. */
    private static String moduleAndPackage(Path file) {
        Path relative = PROJECT.path("").relativize(folder(file));
        return relative.getName(0) + " " + relative.subpath(Math.min(4, relative.getNameCount() - 1),
                relative.getNameCount());
    }

    private static String at(Path file, int line) {
        return PROJECT.name(file) + ":" + line + ": ";
    }

    private static void assertNone(Collection<String> broken) {
        if (!broken.isEmpty()) {
            throw new AssertionError("house rules broken:\n" + String.join("\n", broken));
        }
    }
}
