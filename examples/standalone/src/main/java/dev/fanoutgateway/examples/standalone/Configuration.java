package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.examples.standalone.Document.Malformed;
import dev.fanoutgateway.jwt.JwtRules;
import dev.fanoutgateway.relay.Relay;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A configuration file, read and found good: everything in it leads somewhere. */
record Configuration(
        ServerSettings server,
        Relay relay,
        List<BackendSettings> backends,
        List<Route> routes,
        List<Plan> plans,
        KeySettings keys,
        @Nullable JwtRules jwt,
        StoreSettings stores,
        NotifySettings messages) {
    private static final Value<String> CONSOLE_PATH = Value.text(
            "a path such as /_gateway", path -> Optional.of(path).filter(text -> text.matches("/[!-~&&[^?#*]]*")));

    /**
     * Reads {@code file}, and the file of keys that it names.
     *
     * @throws InvalidConfiguration naming everything that is wrong
     */
    static Configuration read(Path file) throws InvalidConfiguration {
        Problems problems = new Problems(file.toString());
        Configuration configuration = null;
        try {
            configuration = of(Section.root(Document.read(file), problems), directoryOf(file));
        } catch (Malformed e) {
            e.reportTo(problems);
        }
        List<String> found = problems.lines();
        if (configuration == null || !found.isEmpty()) {
            throw new InvalidConfiguration(found);
        }
        return configuration;
    }

    /** Whether some route takes paths that are refused otherwise. */
    boolean anyPath() {
        return routes.stream().anyMatch(route -> !route.allowedPaths().isEmpty());
    }

    private static Configuration of(Section root, Path directory) {
        ServerSettings server = ServerSettings.read(root, directory);
        Relay relay = RelaySettings.read(root, server.trustedProxies());
        List<BackendSettings> backends = BackendSettings.readAll(root, directory);
        List<Plan> plans = PlanSettings.readAll(root);
        KeySettings keys = KeySettings.read(root, directory);
        Optional<JwtRules> jwt = JwtSettings.read(root, directory);
        List<Route> routes =
                RouteSettings.readAll(root, root.sectionOrEmpty("auth").has("jwt") ? keys.besideTokens() : keys, plans);
        StoreSettings stores = StoreSettings.read(root, routes, directory);
        NotifySettings messages = NotifySettings.read(root);
        console(root.sectionOrEmpty("console"));
        root.end();
        return new Configuration(server, relay, backends, routes, plans, keys, jwt.orElse(null), stores, messages);
    }

    private static void console(Section in) {
        in.value("path", CONSOLE_PATH);
        in.node("token");
        in.end();
    }

    private static Path directoryOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }
}
