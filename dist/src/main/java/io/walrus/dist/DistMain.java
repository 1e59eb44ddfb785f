package io.walrus.dist;

import io.walrus.testkit.process.NodeCluster;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// `DistMain LAUNCHERS TARGET`: lays out the distribution in the folder TARGET from the scripts in LAUNCHERS and the
/// jars on this program's own class path, without those that only this program needs. Then makes the ahead-of-time
/// caches if anything changed since the last time.
public final class DistMain {
    private DistMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path ownNeed = Path.of(NodeCluster.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        Path launchers = Path.of(arguments[0]);
        Path target = Path.of(arguments[1]);
        List<Path> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .filter(jar -> !jar.equals(ownNeed))
                .toList();
        Distribution distribution = new Distribution(target);
        distribution.layOut(jars, launchers);

        Path stamp = target.resolveSibling("aot.stamp");
        String fingerprint = distribution.fingerprint();
        if (Files.exists(stamp) && Files.readString(stamp).equals(fingerprint)) {
            return;
        }
        if (new AotTraining(distribution, target.resolveSibling("aot-training")).run()) {
            Files.writeString(stamp, fingerprint);
        }
    }
}
