package io.walrus.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.walrus.server.config.MemoryPlan;
import java.lang.management.ManagementFactory;

/// The memory that this process may take.
final class JavaMemory {
    private JavaMemory() {}

    static MemoryPlan.Available available() {
        long heap = Runtime.getRuntime().maxMemory();
        long direct = Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
        // The container's limit, in a container that has one.
        long machine =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new MemoryPlan.Available(heap, direct == 0 ? heap : direct, machine);
    }
}
