package io.walrus.server.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// The texts that were given for the settings, each checked before it is read.
final class SettingValues {
    private final Map<Setting<?>, String> texts = new HashMap<>();

    void put(Setting<?> setting, String text) {
        texts.put(setting, text);
    }

    /// The value of a setting whose text has no violation.
    <T> T of(Setting<T> setting) {
        return setting.type().parse(Objects.requireNonNull(texts.get(setting), setting.flag()));
    }
}
