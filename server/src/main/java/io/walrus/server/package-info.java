/// One node as a process: [NodeMain] reads the configuration, [Server] opens the parts one after the other, each closed
/// before those that it needs. The last is [ServingNode], whose [NodeDriver] lets time pass for the node.
@NullMarked
package io.walrus.server;

import org.jspecify.annotations.NullMarked;
