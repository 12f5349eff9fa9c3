package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code server.tls}.
 *
 * @param files the own certificate, and those that vouch for clients
 */
record ServerTlsSettings(TlsFiles files, ClientAuth clientAuth) {
    private static final Value<ClientAuth> CLIENT_AUTH =
            Value.choice(Map.of("none", ClientAuth.NONE, "want", ClientAuth.WANT, "need", ClientAuth.NEED));

    /** Whether clients are asked for a certificate; one that is not in order is refused in any case. */
    enum ClientAuth {
        NONE,
        WANT,
        NEED
    }

    /** Empty if something is wrong. */
    static Optional<ServerTlsSettings> read(Section in, Path directory) {
        if (!in.has("certificate") && !in.has("key")) {
            in.missing("certificate", "the name of a PEM file such as tls.pem");
        }
        TlsFiles files = TlsFileSettings.read(in, "client-ca", directory);
        ClientAuth clientAuth = in.value("client-auth", CLIENT_AUTH).orElse(ClientAuth.NONE);
        if (clientAuth != ClientAuth.NONE && !in.has("client-ca")) {
            in.missing("client-ca", "PEM files of certificates that vouch for clients");
        }
        if (clientAuth == ClientAuth.NONE && in.has("client-ca")) {
            in.problems()
                    .add(
                            in.lineOf("client-ca"),
                            in.pathOf("client-ca"),
                            "client-auth: want or need beside it",
                            in.has("client-auth") ? "another" : "none");
        }
        in.end();
        return files.key() == null ? Optional.empty() : Optional.of(new ServerTlsSettings(files, clientAuth));
    }
}
