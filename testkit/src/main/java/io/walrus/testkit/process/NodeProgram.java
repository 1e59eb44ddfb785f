package io.walrus.testkit.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The code that a node's process runs.
public sealed interface NodeProgram {
    /// The process without the variables of its node's setup.
    ProcessBuilder process(List<String> arguments);

    /// Classes on the class path of this process, so those under test. No variable of this process reaches the node.
    ///
    /// @param heapMegabytes of the node's JVM
    record OfClassPath(int heapMegabytes) implements NodeProgram {
        private static final String MAIN = "io.walrus.server.NodeMain";
        private static final int DIRECT_MEGABYTES = 384;

        @Override
        public ProcessBuilder process(List<String> arguments) {
            return JavaProgram.of(
                    MAIN,
                    List.of(
                            "-Xmx" + heapMegabytes + "m",
                            "-XX:MaxDirectMemorySize=" + DIRECT_MEGABYTES + "m",
                            "-XX:+ExitOnOutOfMemoryError"),
                    arguments);
        }
    }

    /// A launcher, as users start it. Of this process's variables the node gets those that find a JDK, and
    /// `WALRUS_JAVA_OPTS`; no setting.
    record OfLauncher(Path launcher) implements NodeProgram {
        private static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "TMPDIR", "JAVA_HOME", "WALRUS_JAVA_OPTS");

        @Override
        public ProcessBuilder process(List<String> arguments) {
            List<String> command = new ArrayList<>(List.of(launcher.toString()));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().keySet().retainAll(PASSED_ON);
            return builder;
        }
    }
}
