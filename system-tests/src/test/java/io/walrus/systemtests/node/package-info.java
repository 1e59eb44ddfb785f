/// The node as its users meet it: a process, a port, a folder.
@NullMarked
package io.walrus.systemtests.node;

import org.jspecify.annotations.NullMarked;
