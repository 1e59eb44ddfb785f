package io.walrus.testkit.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs of this project, run with the classes under test.
public final class JavaProgram {
    private JavaProgram() {}

    /// A program that inherits no variable from this process.
    public static ProcessBuilder of(String mainClass, List<String> javaFlags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(javaFlags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        return builder;
    }
}
