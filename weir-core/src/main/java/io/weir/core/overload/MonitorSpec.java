package io.weir.core.overload;

/** What is measured, and against which limit. The pressure is what is in use divided by the limit. */
public sealed interface MonitorSpec {
    /** The process' own memory: what the JVM's heap and the buffers of connections hold. */
    record Heap(long bytesMax) implements MonitorSpec {
    }

    /**
     * Memory of the control group that the process is in.
     *
     * @param bytesMax
     *            0: the group's own limit, which is the least that counts in any case
     */
    record CgroupMemory(long bytesMax) implements MonitorSpec {
    }

    /**
     * Processors in use.
     *
     * @param container
     *            whether by the control group, against its quota; else by all processes, against the machine
     */
    record Cpu(boolean container) implements MonitorSpec {
    }

    /** Connections of clients, of all listeners together; beyond the limit they are closed at once. */
    record Connections(long max) implements MonitorSpec {
    }

    /** A number in a file, for tests. */
    record Injected(String file) implements MonitorSpec {
    }
}
