package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// What lies in `deploy/` fits the programs: as far as that can be told without a container engine.
class DeployTest {
    private static final Path DEPLOY = Project.ROOT.resolve("deploy");
    private static final Pattern VARIABLE = Pattern.compile("\\bWALRUS_[A-Z_]+\\b");
    private static final Pattern ASSIGNED = Pattern.compile("(?m)^(?:ENV|Environment=)? *(WALRUS_[A-Z_]+)=(\\S+)");
    private static final Pattern COPIED = Pattern.compile("(?m)^COPY --from=build /src/(\\S+) (\\S+)$");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

    private final String dockerfile = Project.text(DEPLOY.resolve("Dockerfile"));
    private final Map<String, String> imageVariables = assigned(dockerfile);

    @TempDir
    private Path folder;

    @Test
    void composeRunsThreeNodesAndOffersAFourth() {
        Map<String, Object> compose =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Project.text(DEPLOY.resolve("compose.yaml")));
        Map<?, ?> services = map(compose, "services");
        assertThat(services.keySet().stream().map(String::valueOf))
                .containsExactlyInAnyOrder("node1", "node2", "node3", "node4");
        String clientPort = imageVariable("WALRUS_CLIENT_PORT");
        String raftPort = imageVariable("WALRUS_RAFT_PORT");
        for (int id = 1; id <= 4; id++) {
            String name = "node" + id;
            Map<?, ?> node = map(services, name);
            assertThat(node.get("hostname")).isEqualTo(name);
            assertThat(node.get("ports")).as("ports of %s", name).isEqualTo(List.of("909" + id + ":" + clientPort));
            assertThat(node.get("volumes")).isEqualTo(List.of(name + ":/var/lib/walrus"));
            assertThat(map(compose, "volumes").containsKey(name)).isTrue();
            assertThat(node.get("profiles")).isEqualTo(id == 4 ? List.of("hot-join") : null);
            Map<?, ?> build = map(node, "build");
            assertThat(DEPLOY.resolve(String.valueOf(build.get("context"))).normalize())
                    .isEqualTo(Project.ROOT);
            assertThat(Project.ROOT.resolve(String.valueOf(build.get("dockerfile"))))
                    .exists();

            Map<String, Object> expected = new HashMap<>();
            expected.put("WALRUS_NODE_ID", Integer.toString(id));
            expected.put("WALRUS_RAFT_ADVERTISE_HOST", name);
            if (id > 1) {
                expected.put("WALRUS_JOIN", (id == 4 ? "node2:" : "node1:") + raftPort);
            }
            assertThat(map(node, "environment")).isEqualTo(expected);
        }
    }

    @Test
    void allVariablesAreOnesThatTheProgramsRead() throws Exception {
        Set<String> known = new TreeSet<>();
        for (String program : List.of("walrus-node", "walrus-cli")) {
            known.addAll(variables(Launched.run(folder, Map.of(), Launched.program(program), "--help")
                    .out()));
        }
        known.addAll(variables(Project.text(Project.ROOT.resolve("bin/walrus-node"))));
        try (Stream<Path> files = Files.list(DEPLOY)) {
            for (Path file : files.toList()) {
                assertThat(known).as("variables in %s", file).containsAll(variables(Project.text(file)));
            }
        }
    }

    /// Lays out what the image holds and runs it as a container would.
    @Test
    void theImageServesIsHealthyAndStopsWhenToldTo() throws Exception {
        Path root = layOutImage();
        int client = FreePorts.consecutive(2);
        Map<String, String> environment = new TreeMap<>(imageVariables);
        environment.put("WALRUS_NODE_ID", "1");
        environment.put("WALRUS_RAFT_ADVERTISE_HOST", "localhost");
        environment.put("WALRUS_CLIENT_PORT", Integer.toString(client));
        environment.put("WALRUS_RAFT_PORT", Integer.toString(client + 1));
        environment.put("WALRUS_ADDR", "127.0.0.1:" + client);
        environment.put(
                "WALRUS_DATA_DIR",
                inside(root, imageVariable("WALRUS_DATA_DIR")).toString());
        assertThat(imageVariable("WALRUS_ADDR")).isEqualTo("127.0.0.1:" + imageVariable("WALRUS_CLIENT_PORT"));

        Path log = folder.resolve("node.log");
        ProcessBuilder entryPoint = new ProcessBuilder(command(root, "ENTRYPOINT "))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        entryPoint.environment().keySet().retainAll(List.of("PATH", "HOME", "JAVA_HOME"));
        entryPoint.environment().putAll(environment);
        Process node = Processes.start(entryPoint);
        try {
            List<String> healthCheck = command(root, "CMD ");
            Awaitility.await("the health check succeeds")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        assertThat(node.isAlive()).as(Files.readString(log)).isTrue();
                        return check(healthCheck, environment) == 0;
                    });
            node.destroy();
            assertThat(node.waitFor(10, TimeUnit.SECONDS)).as("stops in time").isTrue();
            assertThat(node.exitValue()).as(Files.readString(log)).isZero();
            assertThat(check(healthCheck, environment)).isNotZero();
        } finally {
            Processes.kill(node);
        }
    }

    @Test
    void theUnitRunsWhatTheImageRuns() {
        String unit = Project.text(DEPLOY.resolve("walrus.service"));
        String program = quoted("ENTRYPOINT ").getFirst();
        assertThat(unit.lines()).contains("ExecStart=" + program).contains("StateDirectory=walrus");
        assertThat(Objects.requireNonNull(assigned(unit).get("WALRUS_DATA_DIR")))
                .startsWith("/var/lib/walrus/");
        assertThat(assigned(Project.text(DEPLOY.resolve("walrus.env")))).containsKey("WALRUS_NODE_ID");
    }

    /// What the image's build leaves out it doesn't need.
    @Test
    void theBuildGetsAllItBuildsFrom() {
        List<String> ignored =
                Project.text(DEPLOY.resolve("Dockerfile.dockerignore")).lines().toList();
        assertThat(ignored).contains("**/target", "**/.*", "!.mvn");
        assertThat(ignored).doesNotContain("bin", "dist", ".mvn", "pom.xml");
    }

    private Path layOutImage() throws IOException {
        Path root = folder.resolve("image");
        List<MatchResult> copies = COPIED.matcher(dockerfile).results().toList();
        assertThat(copies).isNotEmpty();
        for (MatchResult copy : copies) {
            copyTree(Project.ROOT.resolve(copy.group(1)), inside(root, copy.group(2)));
        }
        return root;
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                Files.copy(file, copy);
            }
        }
    }

    private int check(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        return Launched.run(
                        folder,
                        environment,
                        Path.of(command.getFirst()),
                        command.stream().skip(1).toArray(String[]::new))
                .exitCode();
    }

    /// A command of the Dockerfile in its exec form; the program lies in the image.
    private List<String> command(Path root, String keyword) {
        List<String> words = quoted(keyword);
        return Stream.concat(
                        Stream.of(inside(root, words.getFirst()).toString()),
                        words.stream().skip(1))
                .toList();
    }

    private List<String> quoted(String keyword) {
        String line = dockerfile
                .lines()
                .filter(text -> text.contains(keyword + "["))
                .findFirst()
                .orElseThrow();
        return QUOTED.matcher(line)
                .results()
                .map((MatchResult word) -> word.group(1))
                .toList();
    }

    private static Path inside(Path root, String absolute) {
        return root.resolve(absolute.substring(1));
    }

    private String imageVariable(String name) {
        return Objects.requireNonNull(imageVariables.get(name), name);
    }

    private static Map<String, String> assigned(String text) {
        Map<String, String> values = new TreeMap<>();
        ASSIGNED.matcher(text).results().forEach(match -> values.put(match.group(1), match.group(2)));
        return values;
    }

    private static Set<String> variables(String text) {
        return new TreeSet<>(VARIABLE.matcher(text)
                .results()
                .map((MatchResult match) -> match.group())
                .toList());
    }

    private static Map<?, ?> map(Map<?, ?> parent, String key) {
        Object value = parent.get(key);
        assertThat(value).as(key).isInstanceOf(Map.class);
        return (Map<?, ?>) Objects.requireNonNull(value);
    }
}
