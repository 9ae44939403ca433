package io.weir.app.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, in a tree of its own with made-up JDKs that print what they are called with. */
class LauncherTest {
    private static final List<String> TOOLS = List.of("sh", "sed", "find", "head", "dirname", "readlink", "mkdir",
            "cat",
            "rm", "sleep", "printf", "env", "nice", "mv", "rmdir", "touch");

    @TempDir
    private Path folder = Path.of("");
    private Path tree = Path.of("");
    private Path tools = Path.of("");
    private final Map<String, String> environment = new LinkedHashMap<>();

    private record Result(int status, String out, String err) {
    }

    @BeforeEach
    void aTreeWithTheLauncherAndAPathWithoutJava() throws IOException {
        tree = Files.createDirectories(folder.resolve("a tree"));
        tools = Files.createDirectories(folder.resolve("tools"));
        Path root = SourceTree.root();
        Files.copy(root.resolve("weir"), tree.resolve("weir"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(tree.resolve("dist"));
        Files.copy(root.resolve("dist/jvm.options"), tree.resolve("dist/jvm.options"));
        Files.copy(root.resolve("dist/classpath"), tree.resolve("dist/classpath"));
        Files.copy(root.resolve("dist/rehearse"), tree.resolve("dist/rehearse"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(tree.resolve("pom.xml"), "<project/>");
        for (String tool : TOOLS) {
            Stream.of("/bin", "/usr/bin").map(bin -> Path.of(bin, tool)).filter(Files::isExecutable).findFirst()
                    .ifPresent(found -> link(tools.resolve(tool), found));
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", folder.toString());
        environment.put("WEIR_JDK_FOLDERS", folder.resolve("jvm").toString());
    }

    @Test
    void withoutAnyJavaItSaysWhatToInstall() throws Exception {
        Result result = weir("version");
        assertThat(result.status).isEqualTo(3);
        assertThat(result.err).contains("needs a JDK 25", "JAVA_HOME is not set", "there is no java on the PATH",
                "apt install", "sdk install java 25");
        assertThat(result.out).isEmpty();
    }

    @Test
    void anOlderJdkInJavaHomeIsNamedInTheRefusal() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "17.0.9", true).toString());
        Result result = weir("version");
        assertThat(result.status).isEqualTo(3);
        assertThat(result.err).contains("old, which is a JDK 17");
    }

    @Test
    void aRuntimeWithoutACompilerIsNamedAsThat() throws Exception {
        environment.put("JAVA_HOME", jdk("jre", "25.0.3", false).toString());
        assertThat(weir("version").err).contains("jre, which is a Java 25 without a compiler");
    }

    @Test
    void javaHomeComesFirst() throws Exception {
        Path home = jdk("mine", "25.0.3", true);
        jdk("jvm/other", "25", true);
        environment.put("JAVA_HOME", home.toString());
        assertThat(weir("--which-jdk").out.strip()).isEqualTo(home.toString());
    }

    @Test
    void aJavaOnThePathIsFollowedThroughItsLinksToItsHome() throws Exception {
        Path home = jdk("elsewhere", "25", true);
        Path alternatives = folder.resolve("alternatives");
        link(alternatives, home.resolve("bin/java"));
        link(tools.resolve("java"), alternatives);
        assertThat(weir("--which-jdk").out.strip()).isEqualTo(home.toRealPath().toString());
    }

    @Test
    void theUsualFoldersAreSearched() throws Exception {
        jdk("jvm/java-17", "17.0.1", true);
        Path home = jdk("jvm/temurin-25", "25.0.3", true);
        assertThat(weir("--which-jdk").out.strip()).isEqualTo(home.toString());
    }

    @Test
    void aHomeInsideAMacBundleIsFound() throws Exception {
        Path home = jdk("jvm/temurin-25.jdk/Contents/Home", "25.0.3", true);
        assertThat(weir("--which-jdk").out.strip()).isEqualTo(home.toString());
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        jdk("jvm/temurin-25", "25.0.3", true);
        Result result = weir("version");
        assertThat(result.status).isEqualTo(3);
        assertThat(result.err).contains("Maven 3.8.7 or newer", "apt install maven");
    }

    @Test
    void aFailedBuildIsToldAndNothingRuns() throws Exception {
        jdk("jvm/temurin-25", "25.0.3", true);
        script(tools.resolve("mvn"), "echo 'no such plugin' ; exit 1");
        Result result = weir("version");
        assertThat(result.status).isEqualTo(3);
        assertThat(result.err).contains("building", "no such plugin", "the build failed");
        assertThat(result.out).isEmpty();
        assertThat(tree.resolve("weir-app/target/.building")).doesNotExist();
    }

    @Test
    void theFirstUseBuildsAndTheSecondDoesNot() throws Exception {
        jdk("jvm/temurin-25", "25.0.3", true);
        script(tools.resolve("mvn"),
                "mkdir -p weir-app/target/lib; touch weir-app/target/lib/a.jar weir-app/target/lib/.built");
        Result first = weir("version");
        assertThat(first.status).as(first.err).isZero();
        assertThat(first.err).contains("building");
        Result second = weir("version");
        assertThat(second.status).isZero();
        assertThat(second.err).isEmpty();
    }

    @Test
    void aChangedSourceBuildsAgain() throws Exception {
        built();
        Path source = Files.createDirectories(tree.resolve("weir-core/src/main/java")).resolve("A.java");
        Files.writeString(source, "class A {}");
        Files.setLastModifiedTime(source,
                java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        script(tools.resolve("mvn"), "touch -d '+10 seconds' weir-app/target/lib/.built");
        assertThat(weir("version").err).contains("building");
        assertThat(weir("version").err).isEmpty();
    }

    @Test
    void argumentsReachTheProgramUnchangedBehindTheOptions() throws Exception {
        built();
        environment.put("WEIR_JAVA_OPTIONS", "-Xmx1g -Da=b");
        Result result = weir("check", "a file.yaml", "--x=*");
        assertThat(result.status).as(result.err).isZero();
        List<String> lines = result.out.lines().toList();
        assertThat(lines).contains("@" + tree.toRealPath() + "/dist/jvm.options", "-Xmx1g", "-Da=b");
        assertThat(lines.subList(lines.indexOf("io.weir.app.cli.Main"), lines.size()))
                .containsExactly("io.weir.app.cli.Main", "check", "a file.yaml", "--x=*");
        assertThat(lines.get(lines.indexOf("-cp") + 1)).endsWith("/weir-app/target/lib/a.jar");
    }

    @Test
    void anAotCacheBesideTheJarsIsUsed() throws Exception {
        built();
        Files.writeString(tree.resolve("weir-app/target/weir.aot"), "x");
        assertThat(weir("version").out).contains("-XX:AOTCache=" + tree.toRealPath() + "/weir-app/target/weir.aot");
    }

    @Test
    void itCanBeCalledFromAnywhere() throws Exception {
        built();
        Result result = run(folder, tree.resolve("weir").toString(), "version");
        assertThat(result.status).as(result.err).isZero();
    }

    @Test
    void aLinkOnThePathLeadsToItsTree() throws Exception {
        built();
        Path hop = Files.createDirectories(folder.resolve("hop")).resolve("weir");
        link(hop, Path.of("../a tree/weir"));
        link(tools.resolve("weir"), hop);
        Result result = run(folder, tools.resolve("weir").toString(), "version");
        assertThat(result.status).as(result.err).isZero();
        assertThat(result.out).contains("@" + tree.toRealPath() + "/dist/jvm.options");
    }

    private void built() throws IOException {
        jdk("jvm/temurin-25", "25.0.3", true);
        Path lib = Files.createDirectories(tree.resolve("weir-app/target/lib"));
        Files.writeString(lib.resolve("a.jar"), "");
        Files.writeString(lib.resolve(".built"), "");
    }

    private Path jdk(String name, String version, boolean compiler) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "for a; do printf '%s\\n' \"$a\"; done");
        if (compiler) {
            script(home.resolve("bin/javac"), "exit 0");
        }
        return home;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Result weir(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "./weir";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(tree, command);
    }

    private Result run(Path in, String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).directory(in.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
