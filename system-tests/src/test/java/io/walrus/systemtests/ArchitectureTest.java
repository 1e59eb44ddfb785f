package io.walrus.systemtests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which module may import which, and what each leaves to the others.
class ArchitectureTest {
    private static JavaClasses walrus;

    @BeforeAll
    static void importClasses() {
        walrus = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.walrus");
    }

    /// The arrows of `docs/architecture.md`: a module, then what it may import of ours.
    @ParameterizedTest
    @CsvSource({
        "storage,   ''",
        "protocol,  ''",
        "metadata,  ''",
        "transport, ''",
        "consensus, 'metadata transport'",
        "node,      'storage metadata protocol transport'",
        "server,    'storage metadata protocol transport consensus node'",
        "client,    'protocol'",
        "cli,       'protocol client'",
        "testkit,   'storage metadata protocol transport node'",
    })
    void aModuleImportsOnlyWhatItsPlaceAllows(String module, String imports) {
        String[] allowed = Stream.concat(Stream.of(module), Arrays.stream(imports.split(" ")))
                .filter(name -> !name.isEmpty())
                .map(ArchitectureTest::packagesOf)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.walrus..")
                        .negate()
                        .or(resideInAnyPackage(allowed))
                        .as("what this module may import"))
                .check(walrus);
    }

    /// Each package can be read, and tested, with nothing but those below it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "storage",
                "protocol",
                "metadata",
                "transport",
                "consensus",
                "node",
                "server",
                "client",
                "cli",
                "testkit"
            })
    void thePackagesOfAModuleAreFreeOfCycles(String module) {
        SlicesRuleDefinition.slices()
                .assignedFrom(packages(module))
                .should()
                .beFreeOfCycles()
                .check(walrus);
    }

    /// The build of the distribution and the benchmarks use it, too: it brings nothing along.
    @Test
    void nodesAsProcessesNeedOnlyTheClientProtocol() {
        classes()
                .that()
                .resideInAPackage("io.walrus.testkit.process..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..", "org.jspecify..", "io.walrus.protocol..", "io.walrus.testkit.process.."))
                .check(walrus);
    }

    /// A name stands for one idea, wherever it is read.
    @Test
    void noTwoTypesShareASimpleName() {
        Map<String, List<String>> named = walrus.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(groupingBy(JavaClass::getSimpleName, mapping(JavaClass::getName, toList())));
        assertThat(named.values()).allSatisfy(names -> assertThat(names).hasSize(1));
    }

    /// A constructor with many parameters is a class with many jobs.
    @Test
    void fewConstructorsHaveManyParameters() {
        List<String> many = walrus.stream()
                .filter(type -> !type.getPackageName().startsWith("io.walrus.testkit"))
                .flatMap(type -> type.getConstructors().stream())
                .filter(constructor -> !constructor.getOwner().isRecord())
                .filter(constructor -> constructor.getRawParameterTypes().size() >= 7)
                .map(constructor -> constructor.getOwner().getName())
                .sorted()
                .toList();
        assertThat(many).hasSizeLessThanOrEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "org.apache.ratis, 'consensus transport'",
        "io.walrus.transport.tcp, 'transport consensus server'",
        "io.netty, 'server'",
        "org.jline, 'cli'"
    })
    void aLibraryIsKnownOnlyWhereItBelongs(String library, String modules) {
        noClasses()
                .that()
                .resideOutsideOfPackages(Arrays.stream(modules.split(" "))
                        .map(ArchitectureTest::packagesOf)
                        .toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library + "..")
                .check(walrus);
    }

    /// Channels between nodes come in at the port of Ratis' gRPC server, so they run on the Netty inside its jar.
    @Test
    void transportKnowsNothingOfRatisButItsNetty() {
        noClasses()
                .that()
                .resideInAPackage("io.walrus.transport..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.apache.ratis..")
                        .and(resideInAnyPackage("org.apache.ratis.thirdparty.io.netty..")
                                .negate())
                        .as("Ratis beyond its Netty"))
                .check(walrus);
    }

    /// So that the simulation can run these modules in one thread.
    @ParameterizedTest
    @ValueSource(strings = {"node", "metadata"})
    void eventDrivenModulesHaveNoThreadsAndNoIo(String module) {
        DescribedPredicate<JavaClass> threadsAndIo = resideInAnyPackage(
                        "java.net..", "java.nio.channels..", "java.nio.file..", "java.util.concurrent.locks..")
                .or(nameMatching("java\\.lang\\.(Thread|ThreadLocal|Process|ProcessBuilder)(\\$.*)?"))
                .or(nameMatching("java\\.io\\.(File|RandomAccessFile|Console).*"))
                .or(nameMatching("java\\.util\\.(Timer|TimerTask)"))
                .or(nameMatching("java\\.util\\.concurrent\\.(.*Executor.*|.*Blocking.*|.*Fork.*|.*Transfer.*)"))
                .or(nameMatching("java\\.util\\.concurrent\\.(CountDown.*|Semaphore|Phaser|Cyclic.*|Exchanger)"))
                .or(nameMatching("java\\.util\\.concurrent\\.ThreadLocalRandom"))
                .as("threads, locks, files or sockets");
        noClasses()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .dependOnClassesThat(threadsAndIo)
                .check(walrus);
    }

    /// So that a run of the simulation can be repeated from its seed.
    @ParameterizedTest
    @ValueSource(strings = {"node", "metadata"})
    void eventDrivenModulesReadNoClockDrawNothingAndDoNotBlock(String module) {
        noClasses()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .callMethodWhere(nameOfTarget("java\\.lang\\.System\\.(nanoTime|currentTimeMillis)")
                        .or(nameOfTarget("java\\.time\\..*\\.(now|system|systemUTC|systemDefaultZone)"))
                        .or(nameOfTarget("java\\.lang\\.Object\\.(wait|notify|notifyAll)"))
                        .or(nameOfTarget("java\\.util\\.concurrent\\.(Completable)?Future\\.(get|join)"))
                        .or(nameOfTarget("java\\.util\\.UUID\\.randomUUID"))
                        .or(nameOfTarget("java\\.lang\\.Math\\.random"))
                        .as("the target reads a clock, draws at random or blocks"))
                .check(walrus);
    }

    @Test
    void theEngineReachesFilesOnlyThroughItsIoPackage() {
        noClasses()
                .that()
                .resideInAPackage("io.walrus.storage..")
                .and()
                .resideOutsideOfPackage("io.walrus.storage.io..")
                .should()
                .dependOnClassesThat(nameMatching("java\\.nio\\.channels\\..*Channel")
                        .or(nameMatching("java\\.nio\\.file\\.Files"))
                        .or(nameMatching("java\\.io\\.(File|FileInputStream|FileOutputStream|RandomAccessFile)"))
                        .as("file I/O"))
                .check(walrus);
    }

    @Test
    void bannedOfTheJdkIsUnused() {
        noClasses()
                .should()
                .dependOnClassesThat(nameMatching("sun\\.misc\\.Unsafe")
                        .or(nameMatching("java\\.lang\\.ThreadLocal(\\$.*)?"))
                        .or(nameMatching("java\\.util\\.logging\\..*"))
                        .or(nameMatching("java\\.io\\.Object(Input|Output)Stream"))
                        .as("Unsafe, ThreadLocal, java.util.logging or Java serialization"))
                .check(walrus);
    }

    @Test
    void anAbsentFieldIsNullableNotOptional() {
        noFields().should().haveRawType(Optional.class).check(walrus);
    }

    @Test
    void onlyProgramsWriteToTheStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.walrus.cli..", "io.walrus.storage.dump..")
                .and()
                .haveNameNotMatching("io\\.walrus\\.server\\.NodeMain(\\$.*)?")
                .should(ACCESS_STANDARD_STREAMS)
                .check(walrus);
    }

    private static DescribedPredicate<JavaMethodCall> nameOfTarget(String pattern) {
        return DescribedPredicate.describe(
                "the target is " + pattern,
                call -> (call.getTargetOwner().getFullName()
                                + "."
                                + call.getTarget().getName())
                        .matches(pattern));
    }

    /// Takes each package for a slice of its own, the module's root too.
    private static SliceAssignment packages(String module) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                return (name + ".").startsWith("io.walrus." + module + ".")
                        ? SliceIdentifier.of(name)
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + module;
            }
        };
    }

    private static String packagesOf(String module) {
        return "io.walrus." + module + "..";
    }
}
