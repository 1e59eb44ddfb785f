package io.walrus.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.server.config.CommandLineArguments.Outcome;
import io.walrus.transport.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineArgumentsTest {
    @Test
    void onlyTheNodeIdIsRequired() {
        ServerConfig config = run(Map.of(), "--node-id", "3");
        assertThat(config.nodeId()).isEqualTo(3);
        assertThat(config.disk().dataDirectory()).isEqualTo(Path.of("./data"));
        assertThat(config.cluster().raftPort()).isEqualTo(6000);
        assertThat(config.cluster().raftHost()).isEqualTo("127.0.0.1");
        assertThat(config.cluster().raftAdvertiseHost()).isEqualTo("127.0.0.1");
        assertThat(config.listener().port()).isEqualTo(8080);
        assertThat(config.listener().host()).isEqualTo("127.0.0.1");
        assertThat(config.segments().maxSegmentEntries()).isEqualTo(1_000_000);
        assertThat(config.segments().monitorCheck()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.cluster().bootstrapTopics()).containsExactly("logs");
        assertThat(config.listener().limits().maxFrameBytes()).isEqualTo(1 << 20);
        assertThat(config.disk().fsync()).isEqualTo("group");
        assertThat(config.listener().bareJson()).isFalse();
        assertThat(config.disk().ioUring()).isFalse();
    }

    @Test
    void ioUringIsUsedIfAskedForAndNotTurnedOff() {
        assertThat(run(Map.of(), "--node-id", "1", "--io", "io_uring").disk().ioUring())
                .isTrue();
        assertThat(run(Map.of("WALRUS_IO", "io_uring"), "--node-id", "1").disk().ioUring())
                .isTrue();
        assertThat(run(Map.of("WALRUS_IO", "io_uring"), "--node-id", "1", "--disable-io-uring")
                        .disk()
                        .ioUring())
                .isFalse();
        assertThat(run(Map.of("WALRUS_DISABLE_IO_URING", "1"), "--node-id", "1", "--io", "io_uring")
                        .disk()
                        .ioUring())
                .isFalse();
        assertThat(run(Map.of("WALRUS_IO", "file"), "--node-id", "1").disk().ioUring())
                .isFalse();
    }

    @Test
    void portIsAnotherNameOfClientPort() {
        assertThat(run(Map.of(), "--node-id", "1", "--port", "9091").listener().port())
                .isEqualTo(9091);
    }

    @Test
    void theAdvertisedHostFollowsTheRaftHost() {
        assertThat(run(Map.of(), "--node-id", "1", "--raft-host", "10.0.0.7")
                        .cluster()
                        .raftAdvertiseHost())
                .isEqualTo("10.0.0.7");
        assertThat(run(Map.of(), "--node-id", "1", "--raft-host", "0.0.0.0", "--raft-advertise-host", "node1")
                        .cluster()
                        .raftAdvertiseHost())
                .isEqualTo("node1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]", "walrus_node1"})
    void aHostThatOthersCannotConnectToIsNeverAdvertised(String host) {
        assertThat(invalid(Map.of(), "--node-id", "1", "--raft-host", host))
                .singleElement()
                .asString()
                .startsWith("--raft-advertise-host is required beside --raft-host " + HostPort.bare(host));
        assertThat(invalid(Map.of(), "--node-id", "1", "--raft-advertise-host", host))
                .singleElement()
                .asString()
                .startsWith("--raft-advertise-host '" + host + "' must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "[::1]"})
    void anAddressOfIpv6MayHaveBracketsOrNot(String host) {
        ServerConfig config =
                run(Map.of(), "--node-id", "1", "--raft-host", host, "--client-host", host, "--join", "[::1]:6000");
        assertThat(config.cluster().raftHost()).isEqualTo("::1");
        assertThat(config.cluster().raftAdvertiseHost()).isEqualTo("::1");
        assertThat(config.listener().host()).isEqualTo("::1");
        assertThat(config.cluster().join()).isEqualTo("[::1]:6000");
    }

    @Test
    void everyFlagHasAVariableAndTheFlagWins() {
        for (Setting<?> setting : Settings.ALL) {
            String value = valid(setting);
            Map<String, String> environment = new HashMap<>();
            environment.put("WALRUS_NODE_ID", "1");
            environment.put(setting.variable(), value);
            ServerConfig byVariable = run(environment);
            List<String> flags = setting.isSwitch() ? List.of(setting.flag()) : List.of(setting.flag(), value);
            environment.put(setting.variable(), "definitely wrong: \u0000");
            ServerConfig byFlag = run(environment, flags.toArray(String[]::new));
            assertThat(byFlag).as(setting.flag()).isEqualTo(byVariable);
        }
    }

    @Test
    void rustLogIsAnAliasThatYields() {
        assertThat(logLevel(Map.of("WALRUS_NODE_ID", "1", "RUST_LOG", "debug"))).isEqualTo("debug");
        assertThat(logLevel(Map.of("WALRUS_NODE_ID", "1", "RUST_LOG", "debug", "WALRUS_LOG", "warn")))
                .isEqualTo("warn");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "off|off",
                "WARN|warn",
                "debug |debug",
                "info,openraft=warn|info",
                "openraft=trace, error|error",
                "walrus=debug|debug",
                "warn,walrus::node=trace,hyper=off|trace",
                "walrus=off,debug|off",
                "debug/text,with=commas|debug",
                "hyper=debug|info",
                "warning|info",
                "walrus=loud,=,==,|info"
            })
    void rustLogIsReadAsRustDoesAndNeverRefused(String text, String level) {
        assertThat(logLevel(Map.of("WALRUS_NODE_ID", "1", "RUST_LOG", text))).isEqualTo(level);
    }

    /// Kubernetes tells each pod the address of a Service named walrus by the variable WALRUS_PORT.
    @Test
    void aValueThatKubernetesSetsIsSaidToComeFromThere() {
        assertThat(invalid(Map.of("WALRUS_CLIENT_PORT", "tcp://10.96.0.1:8080"), "--node-id", "1"))
                .singleElement()
                .asString()
                .startsWith("WALRUS_CLIENT_PORT 'tcp://10.96.0.1:8080' must be")
                .contains("Kubernetes sets this variable for a Service named walrus-client; set enableServiceLinks");
        assertThat(invalid(Map.of("WALRUS_PORT", "tcp://x"), "--node-id", "1").getFirst())
                .contains("Service named walrus;");
        assertThat(invalid(Map.of("WALRUS_PORT", "x"), "--node-id", "1").getFirst())
                .doesNotContain("Kubernetes");
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        assertThat(invalid(Map.of(), "--node-id", "1", "--data-dir", "caf\uFFFD"))
                .containsExactly("--data-dir 'caf\uFFFD' must be valid UTF-8");
    }

    @Test
    void bootstrapTopicsMayBeEmpty() {
        assertThat(run(Map.of("WALRUS_NODE_ID", "1", "WALRUS_BOOTSTRAP_TOPICS", ""))
                        .cluster()
                        .bootstrapTopics())
                .isEmpty();
        assertThat(run(Map.of("WALRUS_NODE_ID", "1", "WALRUS_BOOTSTRAP_TOPICS", "a, b,,a"))
                        .cluster()
                        .bootstrapTopics())
                .containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({
        "--client-port, 0",
        "--client-port, 65536",
        "--raft-port, http",
        "--max-segment-entries, 0",
        "--monitor-check-ms, -1",
        "--fsync, always",
        "--fsync, interval:0",
        "--join, nowhere",
        "--join, :6001",
        "--join, walrus_node1:6001",
        "--join, 0.0.0.0:6001",
        "--log, loud",
        "--max-frame-bytes, 12",
        "--replication-factor, 0"
    })
    void aBadValueIsOneLineThatNamesIt(String flag, String value) {
        List<String> lines = invalid(Map.of(), "--node-id", "1", flag, value);
        assertThat(lines).singleElement().asString().startsWith(flag + " '" + value + "' must be");
    }

    @Test
    void aBadVariableIsNamedAsVariable() {
        assertThat(invalid(Map.of("WALRUS_MONITOR_CHECK_MS", "soon"), "--node-id", "1"))
                .singleElement()
                .asString()
                .startsWith("WALRUS_MONITOR_CHECK_MS 'soon' must be");
    }

    @Test
    void allViolationsAreReportedTogether() {
        assertThat(invalid(Map.of("WALRUS_LOG", "loud"), "--raft-port", "x")).hasSize(3);
    }

    @Test
    void anUnknownFlagAndAMissingValueAreOneLine() {
        assertThat(invalid(Map.of(), "--node", "1")).singleElement().asString().contains("--node");
        assertThat(invalid(Map.of(), "--node-id")).singleElement().asString().contains("--node-id");
        assertThat(invalid(Map.of(), "--node-id", "1", "extra"))
                .singleElement()
                .asString()
                .contains("extra");
    }

    @Test
    void helpNamesEveryFlagAndVariable() {
        Outcome outcome = CommandLineArguments.parse(new String[] {"--help"}, Map.of());
        assertThat(outcome).isInstanceOf(Outcome.Help.class);
        String help = ((Outcome.Help) outcome).text();
        for (Setting<?> setting : Settings.ALL) {
            assertThat(help).contains(setting.flags()).contains(setting.variables());
        }
        assertThat(help)
                .as("required flags are not in brackets, words are one space apart, the launcher's variables are there")
                .startsWith("Usage: walrus-node --node-id=N [OPTION]")
                .doesNotContainPattern("[a-zA-Z`]  [a-z]")
                .contains("WALRUS_HEAP", "WALRUS_DIRECT_MEMORY", "WALRUS_GC", "WALRUS_JAVA_OPTS");
    }

    private static String valid(Setting<?> setting) {
        if (setting.equals(Settings.NODE_ID)) {
            return "7";
        }
        if (setting.isSwitch()) {
            return "true";
        }
        if (setting.equals(Settings.LOG)) {
            return "trace";
        }
        if (setting.equals(Settings.FSYNC)) {
            return "interval:20";
        }
        if (setting.equals(Settings.IO)) {
            return "io_uring";
        }
        if (setting.equals(Settings.JOIN)) {
            return "host:6001";
        }
        Matcher number = Pattern.compile("\\d+").matcher(setting.defaultText());
        boolean numeric = number.matches() && setting.violation("x") != null;
        if (!numeric) {
            return "other";
        }
        String next = Long.toString(Long.parseLong(setting.defaultText()) + 1);
        return setting.violation(next) == null ? next : setting.defaultText();
    }

    private static ServerConfig run(Map<String, String> environment, String... arguments) {
        Outcome outcome = CommandLineArguments.parse(arguments, environment);
        assertThat(outcome).isInstanceOf(Outcome.Run.class);
        return ((Outcome.Run) outcome).config();
    }

    private static String logLevel(Map<String, String> environment) {
        Outcome outcome = CommandLineArguments.parse(new String[0], environment);
        assertThat(outcome).isInstanceOf(Outcome.Run.class);
        return ((Outcome.Run) outcome).logLevel();
    }

    private static List<String> invalid(Map<String, String> environment, String... arguments) {
        Outcome outcome = CommandLineArguments.parse(arguments, environment);
        assertThat(outcome).isInstanceOf(Outcome.Invalid.class);
        return ((Outcome.Invalid) outcome).lines();
    }
}
