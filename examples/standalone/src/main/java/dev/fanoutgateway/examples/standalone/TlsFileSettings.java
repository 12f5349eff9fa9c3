package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.tls.TlsFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a section {@code tls} that name files, with {@code reload-every}. Names are not shown: it may be that what
 * should be in a file stands there itself.
 */
final class TlsFileSettings {
    private static final String KIND = "the name of a PEM file such as tls.pem";

    private TlsFiles files = TlsFiles.none();
    private final Value<Path> file;

    private TlsFileSettings(Path directory) {
        file = Value.secretText(KIND, name -> resolved(directory, name));
    }

    /**
     * What of it is in order.
     *
     * @param trust the key for certificates to trust
     */
    static TlsFiles read(Section in, String trust, Path directory) {
        return new TlsFileSettings(directory).files(in, trust);
    }

    private TlsFiles files(Section in, String trust) {
        List<Path> trusted = in.has(trust) ? in.oneOrMore(trust, file) : List.of();
        if (in.node(trust)
                .filter(node -> node instanceof Node.Items list && list.items().isEmpty())
                .isPresent()) {
            in.problems().add(in.lineOf(trust), in.pathOf(trust), "at least one file", "an empty list");
        }
        in.check(trust, () -> files = files.trust(trusted.toArray(Path[]::new)));
        in.set("reload-every", Value.DURATION, every -> files = files.every(every));
        Optional<Path> certificate = in.value("certificate", file);
        Optional<Path> key = in.value("key", file);
        if (in.has("certificate") != in.has("key")) {
            in.missing(in.has("key") ? "certificate" : "key", KIND);
        }
        certificate.ifPresent(path -> in.check("certificate", () -> files = files.certificate(path)));
        if (files.certificate() != null) {
            key.ifPresent(path -> in.check("key", () -> files = files.key(path)));
        }
        return files;
    }

    private static Optional<Path> resolved(Path directory, String name) {
        if (name.isEmpty() || name.contains("-----")) {
            return Optional.empty();
        }
        try {
            return Optional.of(directory.resolve(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
