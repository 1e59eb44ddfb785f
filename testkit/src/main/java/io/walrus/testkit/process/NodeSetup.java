package io.walrus.testkit.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a node is to be run: its program, its folder, its ports, its settings. Starting it again from the same setup is
/// a restart.
///
/// @param place where its process runs
/// @param dataDirectory where the node keeps its data
/// @param environment its variables, beside those that the program passes on
/// @param flags added to those that name node, folder and ports
public record NodeSetup(
        Place place,
        NodeProgram program,
        Path dataDirectory,
        int clientPort,
        int raftPort,
        Map<String, String> environment,
        List<String> flags) {
    private static final int SMALL_HEAP_MEGABYTES = 256;

    public NodeSetup {
        environment = Map.copyOf(environment);
        flags = List.copyOf(flags);
    }

    /// A small node of the classes under test, with `data` in the given folder.
    public static NodeSetup in(Path folder) {
        return of(new NodeProgram.OfClassPath(SMALL_HEAP_MEGABYTES), folder.resolve("data"));
    }

    /// A node of its own on free ports.
    public static NodeSetup of(NodeProgram program, Path dataDirectory) {
        return new NodeSetup(
                Place.HERE, program, dataDirectory, FreePorts.free(), FreePorts.free(), Map.of(), List.of());
    }

    public NodeSetup with(String variable, Object value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, String.valueOf(value));
        return new NodeSetup(place, program, dataDirectory, clientPort, raftPort, more, flags);
    }

    /// Of the classes under test, with this heap.
    public NodeSetup withHeap(int megabytes) {
        return new NodeSetup(
                place, new NodeProgram.OfClassPath(megabytes), dataDirectory, clientPort, raftPort, environment, flags);
    }

    public NodeSetup withFlags(String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return new NodeSetup(place, program, dataDirectory, clientPort, raftPort, environment, all);
    }

    /// Without a flag that was added, and its value.
    public NodeSetup withoutFlag(String flag) {
        List<String> fewer = new ArrayList<>(flags);
        int at = fewer.indexOf(flag);
        fewer.subList(at, at + 2).clear();
        return new NodeSetup(place, program, dataDirectory, clientPort, raftPort, environment, fewer);
    }

    public NodeSetup withPorts(int client, int raft) {
        return new NodeSetup(place, program, dataDirectory, client, raft, environment, flags);
    }

    public NodeSetup withDataDirectory(Path directory) {
        return new NodeSetup(place, program, directory, clientPort, raftPort, environment, flags);
    }

    public NodeSetup at(Place elsewhere) {
        return new NodeSetup(elsewhere, program, dataDirectory, clientPort, raftPort, environment, flags);
    }

    /// Starts the node and waits until it serves.
    public NodeProcess start() throws IOException {
        return NodeProcess.start(this);
    }

    /// Runs a node that is expected to end by itself.
    public Ended run() throws IOException {
        return Ended.of(process());
    }

    /// Runs the node's program with just these arguments.
    public Ended runWith(String... arguments) throws IOException {
        return Ended.of(process(List.of(arguments)));
    }

    public ProcessBuilder process() {
        return process(arguments());
    }

    /// Flags given by name take the place of the usual ones.
    private List<String> arguments() {
        Map<String, String> usual = new LinkedHashMap<>();
        usual.put("--node-id", "1");
        usual.put("--data-dir", dataDirectory.toString());
        usual.put("--client-port", Integer.toString(clientPort));
        usual.put("--raft-port", Integer.toString(raftPort));
        usual.keySet().removeAll(flags);
        if (flags.contains("--port")) {
            usual.remove("--client-port");
        }
        List<String> arguments = new ArrayList<>();
        usual.forEach((flag, value) -> arguments.addAll(List.of(flag, value)));
        arguments.addAll(flags);
        return arguments;
    }

    private ProcessBuilder process(List<String> arguments) {
        ProcessBuilder builder = program.process(arguments);
        builder.environment().putAll(environment);
        builder.command().addAll(0, place.launcher());
        return builder;
    }
}
