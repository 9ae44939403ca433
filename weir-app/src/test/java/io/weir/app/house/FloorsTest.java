package io.weir.app.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The floors of ARCHITECTURE.md: a module sees floors below its own, and of them only what is named here. "testkit"
 * stands beside the house: tests see it, and of it the command that simulates sees the simulator.
 */
final class FloorsTest {
    /** Module to what it may see. */
    private static final Map<String, Set<String>> SEES = new TreeMap<>(Map.of( //
            "core", Set.of(), //
            "xds", Set.of("core"), //
            "net", Set.of("core"), //
            "observe", Set.of("core"), //
            "http", Set.of("core", "xds", "net", "observe"), //
            "stream", Set.of("core", "xds", "net", "observe"), //
            "filters", Set.of("core", "xds", "net", "observe", "http"), //
            "discovery", Set.of("core", "xds", "net"), //
            "app", Set.of("core", "xds", "net", "observe", "http", "stream", "filters", "discovery", "testkit"), //
            "testkit", Set.of("core", "xds")));

    private static final String[] PROTOBUF = {"com.google.protobuf..", "io.envoyproxy..", "com.github.xds..",
            "com.github.udpa..", "com.linecorp..", "build.buf.."};

    private static final JavaClasses WEIR = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.weir");

    @Test
    void everyModuleHasItsFloor() {
        assertThat(WEIR.stream().map(type -> type.getPackageName().split("\\.", -1)[2]).distinct())
                .containsExactlyInAnyOrderElementsOf(SEES.keySet());
    }

    @Test
    void noModuleSeesItsOwnFloorOrOneAbove() {
        SEES.forEach((module, seen) -> {
            String[] hidden = SEES.keySet().stream().filter(other -> !other.equals(module) && !seen.contains(other))
                    .map(other -> "io.weir." + other + "..").toArray(String[]::new);
            if (hidden.length > 0) {
                noClasses().that().resideInAPackage("io.weir." + module + "..").should().dependOnClassesThat()
                        .resideInAnyPackage(hidden).because("weir-" + module + " sees " + seen + " only").check(WEIR);
            }
        });
    }

    @Test
    void theCoreKnowsTheJdkOnly() {
        classes().that().resideInAPackage("io.weir.core..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.weir.core..").check(WEIR);
    }

    @Test
    void theCoreHasNoClockNoDiceNoIo() {
        noClasses().that().resideInAPackage("io.weir.core..").should().callMethod(System.class, "nanoTime").orShould()
                .callMethod(System.class, "currentTimeMillis").orShould().dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom").orShould().dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..").check(WEIR);
    }

    @Test
    void onlyTheCommandThatSimulatesSeesTheSimulatorAndNothingElseOfTheTestkit() {
        noClasses().that().resideInAPackage("io.weir.app..").and().doNotHaveSimpleName("Simulating").should()
                .dependOnClassesThat().resideInAPackage("io.weir.testkit..").check(WEIR);
        noClasses().that().haveSimpleName("Simulating").should().dependOnClassesThat()
                .resideInAPackage("io.weir.testkit").check(WEIR);
    }

    @Test
    void theSimulatorReadsNoClockAndDrawsFromItsSeedOnly() {
        noClasses().that().resideInAPackage("io.weir.testkit.sim..").should().callMethod(System.class, "nanoTime")
                .orShould().callMethod(System.class, "currentTimeMillis").orShould().callMethod(Math.class, "random")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .check(WEIR);
    }

    @Test
    void nettyStaysNearTheWire() {
        noClasses().that()
                .resideOutsideOfPackages("io.weir.net..", "io.weir.http..", "io.weir.stream..", "io.weir.filters..",
                        "io.weir.discovery..",
                        "io.weir.app..")
                .should().dependOnClassesThat().resideInAPackage("io.netty..").check(WEIR);
    }

    @Test
    void protobufStaysInTheCurrencyAndInReaders() {
        // what is transcoded has no classes, only descriptors: there protobuf is at work while requests are served
        noClasses().that()
                .resideOutsideOfPackages("io.weir.xds..", "io.weir.discovery..", "io.weir.filters.transcode..")
                .and(areNoReaders()).should()
                .dependOnClassesThat(resideInAnyPackage(PROTOBUF))
                .because("the one class of an extension that sees protos is its Reader").check(WEIR);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.weir.(**)").should().beFreeOfCycles().check(WEIR);
    }

    @Test
    void eachRuleSeesWhatItForbids() {
        List<String> netty = WEIR.stream().filter(type -> type.getPackageName().startsWith("io.weir.net"))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getPackageName())
                .filter(name -> name.startsWith("io.netty"))
                .toList();
        assertThat(netty).as("uses of Netty in weir-net").isNotEmpty();
    }

    private static DescribedPredicate<JavaClass> areNoReaders() {
        return DescribedPredicate.describe("are no Readers", type -> {
            JavaClass outermost = type;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return !outermost.getSimpleName().endsWith("Reader") && !outermost.getSimpleName().endsWith("Readers");
        });
    }
}
