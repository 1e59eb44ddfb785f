package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What one starts by hand starts from anywhere, and says in one line what is wrong.
class LaunchersTest {
    private static final Pattern FLAG = Pattern.compile("(?m)^ +(?:-\\w, )?(--[a-z-]+)");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"walrus-cli", "walrus-node", "walrus-dump"})
    void aLauncherRunsThroughASymbolicLinkFromAnywhere(String name) throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Launched.program(name));
        Launched help = Launched.run(folder, Map.of(), link, "--help").succeeded();
        assertThat(help.out()).startsWith("Usage: " + name);
        assertThat(help.err()).isEmpty();
        Files.delete(link);
    }

    /// Java in this mode refuses to start without the cache.
    @ParameterizedTest
    @ValueSource(strings = {"walrus-cli", "walrus-node"})
    void theAheadOfTimeCacheFits(String name) throws Exception {
        Map<String, String> strict = Map.of("WALRUS_JAVA_OPTS", "-XX:AOTMode=on");
        Launched.run(folder, strict, Launched.program(name), "--help").succeeded();
    }

    @Test
    void aJavaThatIsTooOldIsPassedOver() throws Exception {
        Path old = fakeJava("17.0.15");
        Launched found = Launched.run(folder, Map.of("JAVA_HOME", old.toString()), Launched.program("find-jdk"))
                .succeeded();
        assertThat(found.out()).isNotBlank().doesNotContain(old.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"25", "25.0.3", "26-ea", "101.1"})
    void aNewEnoughJavaHomeIsTaken(String version) throws Exception {
        Path home = fakeJava(version);
        Launched found = Launched.run(folder, Map.of("JAVA_HOME", home.toString()), Launched.program("find-jdk"))
                .succeeded();
        assertThat(found.out().strip()).isEqualTo(home.toString());
    }

    @Test
    void aBadFlagIsOneLineAndExitCodeTwo() throws Exception {
        Launched bad = Launched.run(
                folder, Map.of(), Launched.program("walrus-node"), "--node-id", "1", "--client-port", "70000");
        assertThat(bad.exitCode()).isEqualTo(2);
        assertThat(bad.err().lines()).hasSize(1).first().asString().contains("--client-port", "70000");
    }

    @Test
    void aNodeThatIsNotThereIsOneLineAndExitCodeThree() throws Exception {
        int port = FreePorts.consecutive(1);
        Launched lost = Launched.run(
                folder, Map.of(), Launched.program("walrus-cli"), "--addr", "127.0.0.1:" + port, "get", "logs");
        assertThat(lost.exitCode()).isEqualTo(3);
        assertThat(lost.err().lines()).hasSize(1).first().asString().contains("127.0.0.1:" + port);
    }

    @Test
    void theReadmeNamesEverySetting() throws Exception {
        String help = Launched.run(folder, Map.of(), Launched.program("walrus-node"), "--help")
                .succeeded()
                .out();
        String readme = Project.text(Project.ROOT.resolve("README.md"));
        assertThat(FLAG.matcher(help).results().map((MatchResult flag) -> flag.group(1)))
                .hasSizeGreaterThan(10)
                .filteredOn(flag -> !flag.equals("--help") && !flag.equals("--version"))
                .allSatisfy(flag -> assertThat(readme).contains("`" + flag + "`"));
    }

    private Path fakeJava(String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve("java"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.createFile(
                Files.createDirectories(home.resolve("bin")).resolve("java"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        return home;
    }
}
