@NullMarked
package io.walrus.cli;

import org.jspecify.annotations.NullMarked;
