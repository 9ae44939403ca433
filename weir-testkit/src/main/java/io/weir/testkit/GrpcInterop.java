package io.weir.testkit;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The interoperability tests of gRPC: the project's own server and client of grpc-java, without TLS, each in a JVM of
 * its own, as they bring other versions of what Weir is built with. The build lays their jars into
 * {@code build/interop/target/lib}.
 */
public final class GrpcInterop {
    private static final String PACKAGE = "io.grpc.testing.integration.";
    private static final String RESULT = "case ";
    private static final String PASSED = "passed";

    private GrpcInterop() {}

    /** The server, ready on this port of all addresses. */
    public static PeerProcess server(int port) {
        List<String> command = java(jars());
        command.addAll(List.of(PACKAGE + "TestServiceServer", "--use_tls=false", "--port=" + port));
        return PeerProcess.start("grpc-server", PeerProcess.folder("grpc-server"), command, port);
    }

    /**
     * Runs cases of the client one after another, all in one JVM.
     *
     * @param port
     *            of 127.0.0.1
     * @param cases
     *            as the client names them
     * @param options
     *            more of its options, {@code --name=value}
     * @return what each case failed with, in the order in which they ran; nothing for those that passed
     * @throws IllegalStateException
     *             when it takes longer than the wait, or ends before the last case
     */
    public static Map<String, String> failures(int port, Collection<String> cases, Duration wait, String... options) {
        List<String> command = java(own() + File.pathSeparator + jars());
        command.addAll(List.of(GrpcInterop.class.getName(), String.join(",", cases), "--server_host=127.0.0.1",
                "--server_port=" + port, "--use_tls=false"));
        command.addAll(List.of(options));
        try (PeerProcess client = PeerProcess.start("grpc-client", PeerProcess.folder("grpc-client"), command)) {
            client.awaitExit(wait);
            Map<String, String> failures = new LinkedHashMap<>();
            for (String name : cases) {
                String result = client.output().lines().filter(line -> line.startsWith(RESULT + name + ' ')).findFirst()
                        .orElseThrow(() -> new IllegalStateException(name + " has not run: " + client.output()));
                String said = result.substring(RESULT.length() + name.length() + 1);
                if (!said.equals(PASSED)) {
                    failures.put(name, said);
                }
            }
            return failures;
        }
    }

    private static List<String> java(String classPath) {
        return new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-cp", classPath));
    }

    private static String jars() {
        Path folder = Path.of("..", "build", "interop", "target", "lib").toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw Peers.absent("peer missing: no " + folder + " (mvn -f build/interop generate-resources)");
        }
        return folder + File.separator + "*";
    }

    private static String own() {
        try {
            return Path.of(GrpcInterop.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The client's JVM: what {@link #failures} hands it. Sees the client's classes by reflection, as no other may. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        var client = Class.forName(PACKAGE + "TestServiceClient").getMethod("main", String[].class);
        for (String name : arguments[0].split(",", -1)) {
            List<String> options = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
            options.add("--test_case=" + name);
            String result = PASSED;
            try {
                client.invoke(null, (Object) options.toArray(String[]::new));
            } catch (InvocationTargetException failed) {
                result = String.valueOf(failed.getCause()).replaceAll("\\s+", " ");
            }
            System.out.println(RESULT + name + ' ' + result);
        }
        System.exit(0); // threads of the client may live on
    }
}
