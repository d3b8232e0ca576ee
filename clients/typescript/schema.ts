// Written by scripts/generate-client.mjs from openapi/quoll.yaml: change that, and run it again.

export interface paths {
    "/v1/nodes/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
                 *     itself or as `%2F`. Decoded once.
                 */
                path: components["parameters"]["path"];
            };
            cookie?: never;
        };
        /**
         * Read a znode, or a view of it.
         * @description Without a view the bytes are answered, with the stat in headers; with `Accept: application/json` (or `?encoding=`)
         *     a document. `If-None-Match` gives 304 for raw bytes only. `?children`, `?stat` and `?acl` are always JSON.
         *
         *     With `?index=` it is a long-poll: the answer waits for a change after that zxid, of the data (`mzxid`) or of the list
         *     of children (`pzxid`); creation and deletion count. It is then as without, 404 for a znode that is gone. When the
         *     wait ends without a change it is 304, or 404 where there still is no znode; `X-Zxid` is where to wait from next.
         *     410 `COMPACTED` when the log does not reach back far enough to tell whether a znode that is not there was deleted.
         */
        get: operations["readZnode"];
        /**
         * Set the data of a znode, or its ACL.
         * @description Creates only when told so: `?create` sets or creates, `If-None-Match: *` creates and never overwrites (412 when
         *     there is one). With `?acl` the body is an ACL document and `?version` the expected `aversion`.
         */
        put: operations["setZnode"];
        /**
         * Create a child of this znode.
         * @description The path of the URL is the parent. `Location` and `path` name the znode that was made: with `?sequential` the
         *     ensemble completes the name with ten digits. An ephemeral znode needs a session. `X-Acl` gives it an
         *     ACL other than world:anyone:cdrwa.
         */
        post: operations["createChild"];
        /** Delete a znode, with `?recursive` and everything below it. */
        delete: operations["deleteZnode"];
        options?: never;
        /** As GET, without the body. */
        head: operations["readZnodeHeaders"];
        patch?: never;
        trace?: never;
    };
    "/v1/txn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** All of `ops`, or none; and when one fails and there is an `else`, all of that. */
        post: operations["runTransaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes as they happen: as server-sent events, or as lines of JSON.
         * @description Answers with `text/event-stream`, or with `application/x-ndjson` when `Accept` names it. Every event is one JSON
         *     document (`Event`), the same on both and on `/v1/ws`; server-sent events carry its `place` as their `id` and its
         *     `type` as their `event`. All events of one zxid come together, and the last of them has the plain zxid for its place.
         *
         *     Resumed with `Last-Event-ID` or `from`, at this peer or another, the stream goes on right after that place, without a
         *     gap and without an event twice. With `initial` it begins with what is there, as `created` events without a place;
         *     `synced` follows, and from there on it is live. `bookmark` is a fresh place to resume from. `lost` is the end: the log
         *     does not reach back, or the client reads too slowly; read anew, then resume from its place. Where that is known
         *     before the first byte, ndjson gets 410 `COMPACTED`; a browser's stream would give up on a status, and gets `lost`.
         *     `refused` is the end as well, with the problem.
         *
         *     Only who may READ a znode hears of it. A stream is no sign of life of a session. Comments (empty lines) keep it open.
         */
        get: operations["watch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A ticket for `GET /v1/watch`, for browsers, whose event streams send no headers.
         * @description It stands for the credentials of this request, at this peer, for a minute; it opens event streams and nothing else.
         */
        post: operations["issueTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A WebSocket: requests, watches and a session on one connection.
         * @description The messages are described in docs/websocket.md. Without a WebSocket handshake the answer is 426. Pages of other
         *     origins are refused unless their origin is configured.
         */
        get: operations["openSocket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Wait until this peer has applied all that the leader had proposed when it was asked.
         * @description ZooKeeper's `sync`. It is not needed before a linearizable read, which brings a barrier of its own.
         */
        post: operations["sync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I, and what may I do?
         * @description Whether grants are on, the identities that this request proves, the roles that they were granted and these roles'
         *     rules. The role `admin` has no rules: it may do all.
         */
        get: operations["showAuth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/init": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch grants on.
         * @description For who asks from the machine of the peer itself, has a certificate, or is the super user. `principals` are the
         *     first administrators; without any, who asks is. From then on nobody may do what was not granted. With `open`,
         *     everybody is granted all below `/` but `/zookeeper`, by a role and a grant of the name `open`, in the same change:
         *     an ensemble in use goes on as before, and is narrowed step by step.
         */
        post: operations["initAuth"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/off": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Switch grants off.
         * @description For administrators. Only ACLs are asked from then on, as before; roles and grants stay where they are.
         */
        post: operations["switchAuthOff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All roles.
         * @description For administrators; while grants are off, for the super user.
         */
        get: operations["listRoles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        /** A role. */
        get: operations["getRole"];
        /**
         * Make a role, or change it.
         * @description What is granted by it is what it says from now on.
         */
        put: operations["putRole"];
        post?: never;
        /**
         * Delete a role.
         * @description Refused while a grant names it.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All grants.
         * @description For administrators; while grants are off, for the super user.
         */
        get: operations["listGrants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/grants/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        /** A grant. */
        get: operations["getGrant"];
        /**
         * Make a grant, or change it.
         * @description Each of its roles must exist. A grant that would leave nobody with the role `admin` is refused while grants are on.
         */
        put: operations["putGrant"];
        post?: never;
        /**
         * Delete a grant.
         * @description Refused when it would leave nobody with the role `admin` while grants are on.
         */
        delete: operations["deleteGrant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All static tokens, by the hashes of their texts.
         * @description For administrators; while grants are off, for the super user.
         */
        get: operations["listTokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        /** A static token. */
        get: operations["getToken"];
        /**
         * Make a static token, or change it.
         * @description Whoever shows a text with this hash, as `Authorization: Bearer`, is `token:NAME` and of these groups. Make the text at
         *     random, 32 bytes at least, with `quoll_` in front: `quoll auth token new` does. Changed, it has to be shown anew.
         */
        put: operations["putToken"];
        post?: never;
        /**
         * Revoke a static token.
         * @description It is of no use from then on: what is kept open by it ends, with `AUTHFAILED`.
         */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session.
         * @description An empty body takes the defaults. A client that chooses `id` and `secret` itself (at random) may send the same
         *     request again after a lost answer, at any peer: it gets the same session.
         */
        post: operations["openSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session. Its secret comes in `X-Session-Secret`, or in `Authorization`. */
                id: components["schemas"]["SessionId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Heartbeat.
         * @description Any request that presents the session, at any peer, keeps it alive as well.
         */
        put: operations["touchSession"];
        /** Heartbeat, for clients that can't PUT. */
        post: operations["touchSessionByPost"];
        /** Close the session and delete its ephemeral znodes. Also 204 when it is gone already. */
        delete: operations["closeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        /** Who holds and who waits, in the order of the queue. */
        get: operations["showLock"];
        put?: never;
        /**
         * Enter the queue of a lock, and hold it when the turn comes.
         * @description Granted (200), or still queued when the wait is over (202): the place is kept, and `Location` tells. A client that
         *     chooses `lockId` itself, at random, may send the same request again at any peer after a lost answer or a fail-over:
         *     it finds its place, or 410 when that is gone. Without one, a lost answer costs the place until the ttl is over.
         *     Never two grants of an exclusive lock at a time; but whoever was granted it and then stood still for longer than
         *     its session lives may still act: let whatever the lock guards look at the fencing token.
         */
        post: operations["acquireLock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks/{name}/check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        /** Is this the token of a current holder? */
        get: operations["checkLock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks/{name}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        /**
         * How the place in the queue stands; with `?wait` as soon as it is granted.
         * @description A sign of life of its session, confirmed by the leader.
         */
        get: operations["pollLock"];
        put?: never;
        post?: never;
        /**
         * Release the lock, or leave its queue.
         * @description Ends the session that was opened for it. When it is gone already the answer is 410.
         */
        delete: operations["releaseLock"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/locks/{name}/{id}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep the session of the place alive. */
        post: operations["renewLock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/elections/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        /**
         * Who leads, and what it proclaims; as a stream with `Accept` of `text/event-stream` or `application/x-ndjson`.
         * @description A stream tells it now and at each change, in order, as this peer hears of it (`event: leader`). A client that reads
         *     slowly misses what was between, never the newest.
         */
        get: operations["showLeader"];
        put?: never;
        /**
         * Campaign: enter the queue, and lead when the turn comes.
         * @description As a lock is acquired. `data` is what observers see while this client leads.
         */
        post: operations["campaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/elections/{name}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        /**
         * How the place in the queue stands; with `?wait` as soon as it is granted.
         * @description A sign of life of its session, confirmed by the leader.
         */
        get: operations["pollCampaign"];
        /** The leader says something new: the body. 412 when it does not lead. */
        put: operations["proclaim"];
        post?: never;
        /**
         * Resign, or campaign no longer.
         * @description Ends the session that was opened for it. When it is gone already the answer is 410.
         */
        delete: operations["resign"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/elections/{name}/{id}/renew": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep the session of the place alive. */
        post: operations["renewCampaign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ensemble, as this peer knows it. Also without a quorum. */
        get: operations["showCluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cluster/leader": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have another voter lead.
         * @description For administrators; while grants are off, for whoever may switch them on. The leader proposes no more, waits until the
         *     next one has everything, and gives way. Requests wait meanwhile, and none is refused for it. Any peer may be asked. A
         *     peer that is told to stop does the same by itself.
         */
        post: operations["moveLeader"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cluster/level": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Raise the level of the ensemble, which ends an upgrade.
         * @description For administrators; while grants are off, for whoever may switch them on. From then on the ensemble may write what the
         *     version before can't read, and nobody can go back to that. Every server that is known must be there and know the
         *     level. Any peer may be asked.
         */
        post: operations["raiseLevel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/log-level": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this peer logs. Also without a quorum. */
        get: operations["showLogLevel"];
        /**
         * Set what this peer logs, while it runs.
         * @description For administrators; while grants are off, for whoever may switch them on. Of this peer alone, and not kept: what its
         *     configuration says counts again when it starts. It needs no quorum. With `forMs` it goes back by itself. What is not
         *     named stays as it is.
         */
        put: operations["setLogLevel"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A copy of everything that this peer has applied, at one zxid.
         * @description Answers with a copy as docs/copies.md has it: a snapshot, and the log after it up to one zxid. The trailer at its end
         *     says by its checksum that all of it has come; an answer without is worth nothing. With `after`, it is the log alone,
         *     from there on. `quoll backup` checks and keeps it.
         *
         *     For administrators; while grants are off, for whoever asks from the machine of the peer, has a certificate, or is the
         *     super user. So many are taken at a time (`budget.copiesEach`, `budget.copiesAll`), each as fast as its client takes it.
         */
        get: operations["backup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who belongs to the ensemble and who of them votes. Also without a quorum. */
        get: operations["listMembers"];
        put?: never;
        /**
         * Add a peer.
         * @description For administrators, as every change of the members; while grants are off, for whoever may switch them on. One change at a
         *     time. A participant is a joining member first, and gets its vote by itself once it has caught up: `GET /v1/members`
         *     shows it. Who is a member there already is only given the role.
         */
        post: operations["addMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a peer, also the one that leads. It stops by itself. */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{id}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a member a vote, at once or when it has caught up. */
        post: operations["promoteMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{id}/demote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a member its vote. It goes on as an observer. */
        post: operations["demoteMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This peer, its version and its limits. */
        get: operations["showInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does the process work? Asks nothing of the ensemble. */
        get: operations["showLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Does this peer serve reads and know a leader? */
        get: operations["showReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Another name of `/readyz`. */
        get: operations["showHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/startupz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Has this peer finished its first start? */
        get: operations["showStarted"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What Prometheus scrapes. */
        get: operations["showMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as JSON; its only server is the peer that gives it. */
        get: operations["showContract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The API reference as a page. Works without a network. */
        get: operations["showReference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                file: string;
            };
            cookie?: never;
        };
        /** What the page of the reference loads. */
        get: operations["showReferenceFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The order of all changes; 63 bits. */
        Zxid: string;
        SessionId: string;
        /** @description base64url without padding, 16 to 64 bytes. */
        Secret: string;
        /**
         * @default false
         * @enum {unknown}
         */
        Flag: true | false | 1 | 0 | "";
        Duration: string;
        /** @enum {unknown} */
        Role: "leader" | "follower" | "observer" | "looking";
        Version: number;
        /** @enum {unknown} */
        Encoding: "utf8" | "base64";
        Path: string;
        Stat: {
            czxid: components["schemas"]["Zxid"];
            mzxid: components["schemas"]["Zxid"];
            ctime: number;
            mtime: number;
            version: number;
            cversion: number;
            aversion: number;
            ephemeralOwner: string;
            dataLength: number;
            numChildren: number;
            pzxid: components["schemas"]["Zxid"];
        };
        Znode: {
            path: components["schemas"]["Path"];
            /** @description null is no data at all; it reads as no bytes elsewhere. */
            data: string | null;
            encoding: components["schemas"]["Encoding"];
            stat: components["schemas"]["Stat"];
        };
        ZnodeStat: {
            path: components["schemas"]["Path"];
            stat: components["schemas"]["Stat"];
        };
        ZnodeAcl: {
            path: components["schemas"]["Path"];
            acl: components["schemas"]["Acl"];
            stat: components["schemas"]["Stat"];
            /** @enum {string} */
            kind: "persistent" | "ephemeral" | "container" | "ttl";
            /** @description Of kind `ttl` alone. */
            ttlMs?: number;
        };
        Children: {
            path: components["schemas"]["Path"];
            /**
             * @description Names in order of code points. With `recursive` paths below the znode (`b/c`), each before what is below it; what
             *     is below a znode is listed only for those who may list its children.
             */
            children: string[];
            /** @description With `withData`; the same order. */
            znodes?: components["schemas"]["Child"][];
            stat: components["schemas"]["Stat"];
            /**
             * @description Children were created or deleted since the first page; with `recursive`: anything was written since then, in
             *     the whole tree. A child that was there all the time appears exactly once all the same.
             */
            moved: boolean;
            /** @description Token of the next page; null on the last one. */
            continue: string | null;
        };
        Child: {
            name: string;
            data?: string | null;
            encoding?: components["schemas"]["Encoding"];
            stat?: components["schemas"]["Stat"];
        };
        Acl: {
            /** @description Create, delete (of children), read, write, admin. */
            permissions: string;
            scheme: string;
            id: string;
        }[];
        /**
         * @description What a watch yields. `created`, `dataChanged`, `deleted` and `childrenChanged` name a znode and a zxid; the stat is
         *     that just after the change, of a deleted znode just before. `data` and `encoding` come with `values`.
         */
        Event: {
            /** @enum {unknown} */
            type: "created" | "dataChanged" | "deleted" | "childrenChanged" | "synced" | "bookmark" | "lost" | "refused";
            path?: string;
            zxid?: components["schemas"]["Zxid"];
            /** @description Where to resume from once this was taken in. */
            place?: string;
            stat?: components["schemas"]["Stat"];
            data?: string | null;
            /** @enum {unknown} */
            encoding?: "utf8" | "base64";
            /** @description Of `lost`, the earliest place that can be resumed from. */
            oldest?: components["schemas"]["Zxid"];
            /** @enum {unknown} */
            why?: "compacted" | "slow";
            error?: components["schemas"]["Problem"];
        };
        Written: {
            path: components["schemas"]["Path"];
            zxid: components["schemas"]["Zxid"];
            stat: components["schemas"]["Stat"];
        };
        Transaction: {
            ops: components["schemas"]["Op"][];
            else?: components["schemas"]["Op"][];
        };
        Op: components["schemas"]["CreateOp"] | components["schemas"]["SetOp"] | components["schemas"]["DeleteOp"] | components["schemas"]["SetAclOp"] | components["schemas"]["CheckOp"] | components["schemas"]["CheckAbsentOp"] | components["schemas"]["CheckLockOp"] | components["schemas"]["CheckSessionOp"];
        CreateOp: {
            /** @constant */
            op: "create";
            path: components["schemas"]["Path"];
            data?: string | null;
            encoding?: components["schemas"]["Encoding"];
            acl?: components["schemas"]["Acl"];
            /** @enum {unknown} */
            kind?: "persistent" | "ephemeral" | "container" | "ttl";
            sequential?: boolean;
            ttlMs?: number;
            parents?: boolean;
        };
        SetOp: {
            /** @constant */
            op: "set";
            path: components["schemas"]["Path"];
            data: string | null;
            encoding?: components["schemas"]["Encoding"];
            version?: components["schemas"]["Version"];
            czxid?: components["schemas"]["Zxid"];
            create?: boolean;
            parents?: boolean;
            acl?: components["schemas"]["Acl"];
        };
        DeleteOp: {
            /** @constant */
            op: "delete";
            path: components["schemas"]["Path"];
            version?: components["schemas"]["Version"];
            czxid?: components["schemas"]["Zxid"];
            recursive?: boolean;
        };
        SetAclOp: {
            /** @constant */
            op: "setAcl";
            path: components["schemas"]["Path"];
            acl: components["schemas"]["Acl"];
            /** @description Of the ACL. */
            version?: components["schemas"]["Version"];
        };
        CheckOp: {
            /** @constant */
            op: "check";
            path: components["schemas"]["Path"];
            version?: components["schemas"]["Version"];
            czxid?: components["schemas"]["Zxid"];
        };
        CheckAbsentOp: {
            /** @constant */
            op: "checkAbsent";
            path: components["schemas"]["Path"];
        };
        /** @description Holds only if the token is that of a current holder of the lock, or of the leader of the election. */
        CheckLockOp: {
            /** @constant */
            op: "checkLock";
            lock?: string;
            election?: string;
            token: components["schemas"]["Zxid"];
        } & (unknown | unknown);
        /** @description Holds only while the session lives. */
        CheckSessionOp: {
            /** @constant */
            op: "checkSession";
            session: components["schemas"]["SessionId"];
        };
        TransactionResult: {
            zxid: components["schemas"]["Zxid"];
            /**
             * @description Which of the two ran.
             * @enum {unknown}
             */
            branch: "ops" | "else";
            /** @description One per op of that branch. */
            results: components["schemas"]["OpResult"][];
        };
        OpResult: {
            /**
             * @description A set that created says create.
             * @enum {unknown}
             */
            op: "create" | "set" | "setAcl";
            path: components["schemas"]["Path"];
            stat: components["schemas"]["Stat"];
        } | {
            /** @constant */
            op: "delete";
            path: components["schemas"]["Path"];
            deleted: number;
        } | {
            /** @constant */
            op: "check";
            path: components["schemas"]["Path"];
        };
        AuthName: string;
        /**
         * @description Who is named: `scheme:id` with a scheme of `x509`, `jwt`, `group`, `token`, `digest`, `sasl`, `ip` (an address or a
         *     range) or `world` (`world:anyone`). Who asks may also be the `super` user.
         * @example x509:CN=ops
         * @example group:team-a
         * @example ip:10.0.0.0/8
         */
        Principal: string;
        /** @enum {unknown} */
        Verb: "read" | "write" | "create" | "delete" | "admin" | "lock" | "watch";
        Rule: {
            /** @description The znode itself and all below it; nothing below /zookeeper. */
            prefix: string;
            verbs: components["schemas"]["Verb"][];
        };
        Rules: components["schemas"]["Rule"][];
        RoleNames: components["schemas"]["AuthName"][];
        Principals: components["schemas"]["Principal"][];
        AuthStatus: {
            /** @description Whether grants are asked for. */
            on: boolean;
            identities: components["schemas"]["Principals"];
            roles: components["schemas"]["RoleNames"];
            rules: components["schemas"]["Rule"][];
            /** @description Where grants were just switched on, that the caller is no administrator himself. */
            warning?: string;
        };
        AuthInit: {
            principals?: components["schemas"]["Principals"];
            /**
             * @description Whether everybody is granted all below `/` but `/zookeeper`, by the role `open`.
             * @default false
             */
            open?: boolean;
        };
        AuthRole: {
            rules: components["schemas"]["Rules"];
        };
        NamedRole: {
            name: components["schemas"]["AuthName"];
            rules: components["schemas"]["Rules"];
        };
        AuthTokens: {
            tokens: components["schemas"]["NamedToken"][];
            continue: components["schemas"]["NextPage"];
        };
        NamedToken: {
            name: components["schemas"]["AuthName"];
            sha256: components["schemas"]["TokenHash"];
            groups: components["schemas"]["TokenGroups"];
            notAfter: components["schemas"]["TokenEnd"];
        };
        AuthToken: {
            sha256: components["schemas"]["TokenHash"];
            groups?: components["schemas"]["TokenGroups"];
            notAfter?: components["schemas"]["TokenEnd"];
        };
        /** @description SHA-256 of the token's text, in lower-case hex. */
        TokenHash: string;
        TokenGroups: string[];
        /** @description Its last moment, in milliseconds since 1970; null, until it is revoked. */
        TokenEnd: number | null;
        /** @description Asks for the next page, as `continue`; null on the last. */
        NextPage: string | null;
        AuthRoles: {
            roles: components["schemas"]["NamedRole"][];
            continue: components["schemas"]["NextPage"];
        };
        AuthGrant: {
            principals: components["schemas"]["Principals"];
            roles: components["schemas"]["RoleNames"];
        };
        NamedGrant: {
            name: components["schemas"]["AuthName"];
            principals: components["schemas"]["Principals"];
            roles: components["schemas"]["RoleNames"];
        };
        AuthGrants: {
            grants: components["schemas"]["NamedGrant"][];
            continue: components["schemas"]["NextPage"];
        };
        SessionRequest: {
            /**
             * @description Clamped to the limits; the answer says to what.
             * @default 30000
             */
            timeoutMs?: number;
            id?: components["schemas"]["SessionId"];
            secret?: components["schemas"]["Secret"];
        };
        Session: {
            id: components["schemas"]["SessionId"];
            secret: components["schemas"]["Secret"];
            timeoutMs: number;
            expiresInMs: number;
            zxid: components["schemas"]["Zxid"];
        };
        /** @enum {unknown} */
        LockMode: "exclusive" | "read" | "semaphore";
        LockRequest: {
            /** @description At random. A UUID does. */
            lockId?: components["schemas"]["Secret"];
            /** @description The place belongs to it; its secret comes by header. Without one a session of its own is opened, and `lockId` is its secret. */
            session?: components["schemas"]["SessionId"];
            /**
             * @description Of that session of its own; at most `limits.lockTtlMsMax`, at least `limits.sessionTimeoutMsMin`.
             * @default 30000
             */
            ttlMs?: number;
            /**
             * @description `write` is `exclusive`.
             * @default exclusive
             * @enum {unknown}
             */
            mode?: "exclusive" | "read" | "write" | "semaphore";
            /** @description Of a semaphore, and needed there: how many hold at a time. All contenders must agree. */
            permits?: number;
        };
        CampaignRequest: {
            /** @description At random. A UUID does. */
            lockId?: components["schemas"]["Secret"];
            /** @description The place belongs to it; its secret comes by header. Without one a session of its own is opened, and `lockId` is its secret. */
            session?: components["schemas"]["SessionId"];
            /**
             * @description Of that session of its own; at most `limits.lockTtlMsMax`, at least `limits.sessionTimeoutMsMin`.
             * @default 30000
             */
            ttlMs?: number;
            data?: string | null;
            encoding?: components["schemas"]["Encoding"];
        };
        LockGrant: {
            /** @constant */
            state: "granted";
            fencingToken: components["schemas"]["Zxid"];
            lockId: components["schemas"]["Secret"];
            session: components["schemas"]["SessionId"];
            /** @description From the last touch that the leader confirmed. */
            expiresInMs: number;
            path: components["schemas"]["Path"];
            mode: components["schemas"]["LockMode"];
        };
        LockPlace: {
            /** @constant */
            state: "queued";
            /** @description So many must leave first. */
            ahead: number;
            lockId: components["schemas"]["Secret"];
            session: components["schemas"]["SessionId"];
            /** @description From the last touch that the leader confirmed. */
            expiresInMs: number;
            path: components["schemas"]["Path"];
            mode: components["schemas"]["LockMode"];
        };
        LockQueue: {
            name: string;
            path: components["schemas"]["Path"];
            /**
             * @description `foreign`: nobody is granted it until the others have left.
             * @enum {unknown}
             */
            dialect: "curator" | "kazoo" | "foreign" | null;
            contenders: {
                path: components["schemas"]["Path"];
                /** @description Shown, as is the token, to who may ADMIN the znode: its owner. */
                session?: string;
                mode: components["schemas"]["LockMode"];
                fencingToken?: components["schemas"]["Zxid"];
                holds: boolean;
            }[];
            zxid: components["schemas"]["Zxid"];
        };
        Leadership: {
            name: string;
            zxid: components["schemas"]["Zxid"];
            leader: {
                path: components["schemas"]["Path"];
                /** @description Shown, as is the token, to who may ADMIN the znode: its owner. */
                session?: string;
                fencingToken?: components["schemas"]["Zxid"];
                data: string;
                encoding: components["schemas"]["Encoding"];
            } | null;
        };
        Cluster: {
            /** @description Empty until the ensemble exists. */
            clusterId: string;
            leaderId: number | null;
            epoch: number;
            /** @description What the log of the ensemble may hold. */
            level: number;
            /** @description The newest that the peer that answers knows. Above `level`, an upgrade is not finished. */
            newestLevel: number;
            self: {
                id: number;
                role: components["schemas"]["Role"];
                lastZxid: components["schemas"]["Zxid"];
            };
            peers: {
                id: number;
                /** @enum {unknown} */
                role: "leader" | "follower" | "observer" | "unknown";
                /** @description It counts in quorums. The membership says so (`GET /v1/members`) and no configuration. */
                voter: boolean;
                /** @description The configuration of the peer that answers has a line for it. */
                inConfig: boolean;
                /** @description It was a member and is none any more: nobody waits for it. */
                removed: boolean;
                /** @enum {unknown} */
                state: "up" | "down";
                /** @description host:port; empty where the door is closed. */
                http: string;
                grpc: string;
                zookeeper: string;
                lastZxid: components["schemas"]["Zxid"];
                /** @description Since the leader heard from it; null when it is down. */
                lagMs: number | null;
            }[];
        };
        NewMember: {
            id: number;
            /** @description A name or an address without brackets. */
            host: string;
            quorumPort: number;
            electionPort: number;
            /**
             * @description participant unless said.
             * @enum {unknown}
             */
            role?: "participant" | "observer";
            /** @description Where ZooKeeper's clients reach it. */
            client?: string;
        };
        Members: {
            /** @description Of the change that made it; 0 until there was one. */
            version: components["schemas"]["Zxid"];
            /**
             * @description The change that is under way, as far as this peer has heard of it: logged, and not committed yet. Null when there
             *     is none.
             */
            pending: null | components["schemas"]["PendingChange"];
            members: {
                id: number;
                /**
                 * @description What it is meant to be.
                 * @enum {unknown}
                 */
                role: "participant" | "observer";
                /** @description It counts in quorums. */
                voter: boolean;
                /** @description It gets its vote once it has caught up. */
                joining: boolean;
                leader: boolean;
                /**
                 * @description As the leader last heard.
                 * @enum {unknown}
                 */
                state: "up" | "down";
                host: string;
                quorumPort: number;
                electionPort: number;
                client: string;
                /** @description The configuration of the peer that answers has a line for it. */
                inConfig: boolean;
            }[];
        };
        PendingChange: {
            version: components["schemas"]["Zxid"];
            members: {
                id: number;
                /** @enum {unknown} */
                role: "participant" | "observer";
                /** @description It would count in quorums. */
                voter: boolean;
            }[];
        };
        MoveLeader: {
            /** @description Who is to lead; without it the voter that is furthest. */
            id?: number;
        };
        MovedLeader: {
            /** @description Who led. */
            fromId: number;
            /** @description Who leads now. */
            leaderId: number;
            /** @description Of the new leader. */
            epoch: number;
            /** @description From the request until the peer that was asked served under the new leader. */
            tookMs: number;
        };
        RaiseLevel: {
            /** @description Without it the newest that the peer that is asked knows. */
            level?: number;
            /** @description Nothing is done; it is only refused as it would be. */
            dryRun?: boolean;
        };
        Level: {
            /** @description That the ensemble is at. */
            level: number;
            /** @description The newest that the peer that was asked knows. */
            newestLevel: number;
        };
        SetLogLevel: {
            /** @enum {unknown} */
            level?: "error" | "warn" | "info" | "debug";
            /** @description A request that takes as long is logged, with where its time went; 0: none is. */
            slowRequestMs?: number;
            /** @description After which it is what the configuration says again; without it that is so when the peer starts. */
            forMs?: number;
        };
        LogLevel: {
            /**
             * @description This and what is graver is logged.
             * @enum {unknown}
             */
            level: "error" | "warn" | "info" | "debug";
            /**
             * @description What the configuration says.
             * @enum {unknown}
             */
            configured: "error" | "warn" | "info" | "debug";
            /** @description A request that takes as long is logged, with where its time went; 0: none is. */
            slowRequestMs: number;
            /** @description When it goes back; null when it stays. */
            backInMs: number | null;
        };
        Info: {
            version: string;
            /** @constant */
            apiVersion: "v1";
            serverId: number;
            clusterId: string;
            startedAtMs: number;
            znodes: number;
            sessions: number;
            limits: {
                [key: string]: number;
            };
        };
        Health: {
            /** @constant */
            status: "ok";
            ready: boolean;
            reason: string | null;
            /** @description What an operator should know of a peer that is ready */
            notice: string | null;
            role: components["schemas"]["Role"];
            leaderContactMs: number | null;
        };
        /**
         * @example {
         *       "type": "urn:quoll:error:BADVERSION",
         *       "title": "The version does not match",
         *       "status": 412,
         *       "detail": "version is 3, not 2: read the znode again",
         *       "instance": "/v1/nodes/a",
         *       "code": "BADVERSION",
         *       "zkCode": -103,
         *       "retryable": false,
         *       "applied": "no",
         *       "path": "/a"
         *     }
         */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @description What is wrong and what to do next, for a person. */
            detail: string;
            instance: string;
            code: components["schemas"]["ErrorCode"];
            /** @description ZooKeeper's number for it. */
            zkCode: number;
            /** @description The same request may succeed if it is sent again unchanged. */
            retryable: boolean;
            /**
             * @description Whether the change was done.
             * @enum {unknown}
             */
            applied: "no" | "unknown";
            path?: string;
            limit?: number;
            actual?: number;
            /** @description In a transaction. */
            failedIndex?: number;
            /** @description In a transaction, one per op of the branch that failed. */
            results?: {
                /** @enum {unknown} */
                op: "create" | "set" | "delete" | "setAcl" | "check" | "checkAbsent" | "checkLock" | "checkSession";
                path: components["schemas"]["Path"];
                code: string;
                zkCode: number;
            }[];
        };
        /** @enum {unknown} */
        ErrorCode: "NONODE" | "NOPARENT" | "NODEEXISTS" | "NOTEMPTY" | "BADVERSION" | "NOCHILDRENFOREPHEMERALS" | "BADARGUMENTS" | "INVALIDACL" | "NOAUTH" | "AUTHFAILED" | "SESSIONEXPIRED" | "SESSIONMOVED" | "TOOLARGE" | "SEQUENCEEXHAUSTED" | "KEYREUSED" | "FENCED" | "LOCKHELD" | "LOCKLOST" | "LOCKMIXED" | "CANNOTHANDOVER" | "NOMEMBER" | "MEMBEREXISTS" | "NEWCONFIGNOQUORUM" | "RECONFIGINPROGRESS" | "LEVELTOOLOW" | "CANNOTRAISELEVEL" | "COMPACTED" | "ROLLEDBACK" | "NOQUORUM" | "THROTTLED" | "NOSPACE" | "QUOTAEXCEEDED" | "BEHIND" | "CONNECTIONLOSS" | "TIMEOUT" | "UNIMPLEMENTED" | "SHUTTINGDOWN" | "INTERNAL" | "NOROUTE" | "METHODNOTALLOWED" | "REQUESTTIMEOUT" | "EXPECTATIONFAILED" | "FOREIGNHOST" | "FOREIGNORIGIN" | "MALFORMEDHTTP" | "HEADERSTOOLARGE" | "NOTREADY" | "UPGRADEREQUIRED" | "TARGETTOOLONG" | "CODEDCONTENT";
    };
    responses: {
        /**
         * @description The bytes, or a document: `Znode`, with `?children` `Children`, with `?stat` `ZnodeStat`, with `?acl` `ZnodeAcl`. The
         *     `X-Zk-*` headers and the ETag come with the data, not with the other views.
         */
        ZnodeRead: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                ETag: components["headers"]["optional-ETag"];
                "X-Zk-Czxid": components["headers"]["optional-X-Zk-Czxid"];
                "X-Zk-Mzxid": components["headers"]["optional-X-Zk-Mzxid"];
                "X-Zk-Pzxid": components["headers"]["optional-X-Zk-Pzxid"];
                "X-Zk-Ctime": components["headers"]["optional-X-Zk-Ctime"];
                "X-Zk-Mtime": components["headers"]["optional-X-Zk-Mtime"];
                "X-Zk-Version": components["headers"]["optional-X-Zk-Version"];
                "X-Zk-Cversion": components["headers"]["optional-X-Zk-Cversion"];
                "X-Zk-Aversion": components["headers"]["optional-X-Zk-Aversion"];
                "X-Zk-Ephemeral-Owner": components["headers"]["optional-X-Zk-Ephemeral-Owner"];
                "X-Zk-Num-Children": components["headers"]["optional-X-Zk-Num-Children"];
                Link: components["headers"]["Link"];
                [name: string]: unknown;
            };
            content: {
                "application/octet-stream": unknown;
                "application/json": components["schemas"]["Znode"] | components["schemas"]["Children"] | components["schemas"]["ZnodeStat"] | components["schemas"]["ZnodeAcl"];
            };
        };
        /** @description What the caller has is what there is. */
        FileNotModified: {
            headers: {
                ETag: components["headers"]["file-ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description What the caller has is what there is: by `If-None-Match`, of raw bytes only; or for all of a long-poll. */
        NotModified: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                ETag: components["headers"]["ETag"];
                "X-Zk-Czxid": components["headers"]["X-Zk-Czxid"];
                "X-Zk-Mzxid": components["headers"]["X-Zk-Mzxid"];
                "X-Zk-Pzxid": components["headers"]["X-Zk-Pzxid"];
                "X-Zk-Ctime": components["headers"]["X-Zk-Ctime"];
                "X-Zk-Mtime": components["headers"]["X-Zk-Mtime"];
                "X-Zk-Version": components["headers"]["X-Zk-Version"];
                "X-Zk-Cversion": components["headers"]["X-Zk-Cversion"];
                "X-Zk-Aversion": components["headers"]["X-Zk-Aversion"];
                "X-Zk-Ephemeral-Owner": components["headers"]["X-Zk-Ephemeral-Owner"];
                "X-Zk-Num-Children": components["headers"]["X-Zk-Num-Children"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The znode was made; `Location` has its real path. */
        Created: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                ETag: components["headers"]["ETag"];
                "X-Zk-Czxid": components["headers"]["X-Zk-Czxid"];
                "X-Zk-Mzxid": components["headers"]["X-Zk-Mzxid"];
                "X-Zk-Pzxid": components["headers"]["X-Zk-Pzxid"];
                "X-Zk-Ctime": components["headers"]["X-Zk-Ctime"];
                "X-Zk-Mtime": components["headers"]["X-Zk-Mtime"];
                "X-Zk-Version": components["headers"]["X-Zk-Version"];
                "X-Zk-Cversion": components["headers"]["X-Zk-Cversion"];
                "X-Zk-Aversion": components["headers"]["X-Zk-Aversion"];
                "X-Zk-Ephemeral-Owner": components["headers"]["X-Zk-Ephemeral-Owner"];
                "X-Zk-Num-Children": components["headers"]["X-Zk-Num-Children"];
                Location: components["headers"]["Location"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Written"];
            };
        };
        /** @description The znode was changed. */
        Changed: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                ETag: components["headers"]["ETag"];
                "X-Zk-Czxid": components["headers"]["X-Zk-Czxid"];
                "X-Zk-Mzxid": components["headers"]["X-Zk-Mzxid"];
                "X-Zk-Pzxid": components["headers"]["X-Zk-Pzxid"];
                "X-Zk-Ctime": components["headers"]["X-Zk-Ctime"];
                "X-Zk-Mtime": components["headers"]["X-Zk-Mtime"];
                "X-Zk-Version": components["headers"]["X-Zk-Version"];
                "X-Zk-Cversion": components["headers"]["X-Zk-Cversion"];
                "X-Zk-Aversion": components["headers"]["X-Zk-Aversion"];
                "X-Zk-Ephemeral-Owner": components["headers"]["X-Zk-Ephemeral-Owner"];
                "X-Zk-Num-Children": components["headers"]["X-Zk-Num-Children"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Written"];
            };
        };
        /** @description It is gone. */
        Deleted: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                "X-Deleted": components["headers"]["X-Deleted"];
                "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The session lives, and how long without another touch. */
        Touched: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                "X-Session-Expires-In": components["headers"]["X-Session-Expires-In"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description It holds. The token is the fencing token; the lockId polls, renews and releases. */
        LockGranted: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LockGrant"];
            };
        };
        /** @description Not yet: the place is kept as long as the session lives. Poll `Location`. */
        LockQueued: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LockPlace"];
            };
        };
        /** @description Asked for with `?redirect`. Send the same request there; keep method and body. */
        AtTheLeader: {
            headers: {
                "X-Zxid": components["headers"]["X-Zxid"];
                "X-Role": components["headers"]["X-Role"];
                "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                "X-Served-By": components["headers"]["X-Served-By"];
                "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The request is not valid (`BADARGUMENTS`, `INVALIDACL`), or not HTTP (`MALFORMEDHTTP`, and the connection is closed). */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `AUTHFAILED`: the credential is missing or wrong. */
        Unauthenticated: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOAUTH`, the ACL, or what was granted, does not allow it; or `FOREIGNORIGIN`, a page of another site asks for a change. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NONODE`: there is no such znode. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOROUTE`: there is no such route; `detail` lists those there are. */
        NoRoute: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `METHODNOTALLOWED`: the route has no such method. */
        MethodNotAllowed: {
            headers: {
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `REQUESTTIMEOUT`: the request did not arrive in time. */
        RequestTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NODEEXISTS`, `NOPARENT`, `NOTEMPTY`, `NOCHILDRENFOREPHEMERALS`, `SESSIONMOVED`, `SEQUENCEEXHAUSTED`. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nothing was done: `code` and `failedIndex` name the op at fault, `results` say it of each. */
        TransactionRefused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOMEMBER`: there is no member of that number. */
        NoMember: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `MEMBEREXISTS`: another member has that number. `RECONFIGINPROGRESS`: another change is under way; ask again.
         *     `NEWCONFIGNOQUORUM`: of the new voters no majority is there and up to date; `detail` says who is missing.
         *     `LEVELTOOLOW`: an upgrade is not finished, and the version before knows no members.
         */
        MembersConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `BADVERSION`: the members were changed since that version. */
        MembersChanged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CANNOTHANDOVER`: that peer is no voter, not up to date, or leads already; there is no other voter; another hand-over
         *     is under way; or it was tried and the leader goes on. `detail` says which, `retryable` whether to ask again.
         */
        CannotHandOver: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CANNOTRAISELEVEL`: a server is not there, or of a version that does not know the level; the peers know no such level; or
         *     the ensemble is at a higher one, and a level is never lowered. `RECONFIGINPROGRESS`: a change of the members is under
         *     way. `LEVELTOOLOW`: the leader is of a version that knows no levels. `detail` says which, `retryable` whether to ask
         *     again.
         */
        CannotRaiseLevel: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `SESSIONEXPIRED`: open another one. */
        SessionGone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `SESSIONEXPIRED`: open another one. `COMPACTED`: the log does not reach back so far; read anew, and go on from the
         *     `X-Zxid` of that answer.
         */
        GoneOrCompacted: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `LOCKHELD`, with `?try`: nothing was entered. `LOCKMIXED`: the queue is used in another dialect or another way; a
         *     place in it is kept. `SEQUENCEEXHAUSTED`, `SESSIONMOVED`, `NOCHILDRENFOREPHEMERALS`.
         */
        LockConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `LOCKLOST`: not in the queue (any more); enter again under a new lockId. `SESSIONEXPIRED`: the session that should
         *     hold it is gone.
         */
        LockGone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `FENCED`: the token is not that of a current holder, or of this place. */
        Fenced: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `BADVERSION`: the znode is not as the caller expected; `NODEEXISTS` when `If-None-Match: *` was asked for; `FENCED`: the lock that guards the change is not held under the token. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `TOOLARGE`: `limit` and `actual` say by how much. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `EXPECTATIONFAILED`: only `100-continue` is met. */
        ExpectationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `TARGETTOOLONG`: the URL alone is longer than a request line and headers may be together. */
        TargetTooLong: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `CODEDCONTENT`: the body comes with a `Content-Encoding`; `Accept-Encoding` says what is taken. */
        CodedContent: {
            headers: {
                "Accept-Encoding": "identity";
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `FOREIGNHOST`: `Host` is not a name of this peer. */
        ForeignHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `KEYREUSED`: the idempotency key, or the lockId, belongs to another request. */
        KeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `THROTTLED`: too much in flight. Surely not done. */
        Throttled: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `HEADERSTOOLARGE`: request line and headers are above 16 KiB. */
        HeadersTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `INTERNAL`: an error of ours. */
        Internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNIMPLEMENTED`. */
        Unimplemented: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOQUORUM`, `BEHIND`, `SHUTTINGDOWN`, `NOTREADY`. Surely not done. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `TIMEOUT`, `CONNECTIONLOSS`: no answer in time. A change was perhaps done; see `applied`. */
        OutcomeUnknown: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOSPACE`: the disk is nearly full. `QUOTAEXCEEDED`: the change would go above a quota. Surely not done. */
        NoSpace: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Of a role or a grant. */
        authName: components["schemas"]["AuthName"];
        /**
         * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
         *     itself or as `%2F`. Decoded once.
         */
        path: string;
        /** @description The names of the children in order of code points. */
        children: components["schemas"]["Flag"];
        /** @description The stat alone, which no ACL hides. */
        stat: components["schemas"]["Flag"];
        /** @description The ACL. */
        aclView: components["schemas"]["Flag"];
        /** @description Set the ACL in place of the data. */
        aclChange: components["schemas"]["Flag"];
        /** @description Names in one page; at most `limits.childrenPageMax`. A page also ends at 1 MiB of names and data. */
        limit: number;
        /** @description In one page; at most 1,000. A page also ends at 256 KiB. */
        authLimit: number;
        /** @description The token of the page before. */
        continue: string;
        /** @description Add data and stat of the children that the caller may read. */
        withData: components["schemas"]["Flag"];
        /** @description How data is written in JSON; `utf8` falls back to base64 for what is not UTF-8. Asks for JSON. */
        encoding: "utf8" | "base64";
        /**
         * @description `linearizable`: at least as new as all that was acknowledged anywhere before (needs a quorum). `session`: at least as
         *     new as what the presented session saw. `local`: what this peer has, also without a quorum; may be stale.
         */
        consistency: "linearizable" | "session" | "local";
        /** @description The zxid after which a change is waited for: `X-Zxid` of the answer before. */
        index: components["schemas"]["Zxid"];
        /** @description How long to wait for a change, at most 60s; goes with `index`. */
        waitForChange: string;
        /** @description `wait=30` is as `?wait=30s`. */
        preferWait: string;
        /** @description Wait until this peer is at least at this zxid. */
        minZxid: components["schemas"]["Zxid"];
        /** @description As `minZxid`: send back the X-Zxid of an earlier answer to never read older state, at any peer. */
        minZxidHeader: components["schemas"]["Zxid"];
        /** @description The number of the member. */
        memberId: number;
        /** @description Refused unless the members are at this version. */
        fromVersion: components["schemas"]["Zxid"];
        /** @description Also when the majority of the new voters that is there is not up to date yet. */
        force: boolean;
        /** @description The `ETag` of the members */
        membersIfMatch: string;
        /** @description How long an answer is waited for; at most 60s. */
        timeout: components["schemas"]["Duration"];
        /** @description At a follower: answer 307 with the place of the leader, in place of forwarding. */
        redirect: components["schemas"]["Flag"];
        /** @description The name of the child; may be left away with `sequential`. */
        name: string;
        /** @description `ttl` needs `ttl`, and is the default with it. */
        kind: "persistent" | "ephemeral" | "container" | "ttl";
        /** @description Complete the name with ten digits of the parent's counter. */
        sequential: components["schemas"]["Flag"];
        /** @description How long a TTL znode without children stays after its last change. */
        ttl: components["schemas"]["Duration"];
        /** @description Make missing parents too, in the same txn. */
        parents: components["schemas"]["Flag"];
        /** @description Create the znode when there is none. */
        create: components["schemas"]["Flag"];
        /** @description And everything below it, all or nothing; at most `limits.recursiveDeleteMax` znodes. */
        recursive: components["schemas"]["Flag"];
        /**
         * @description The ACL of the znode that is created, as ZooKeeper's shell writes one: `scheme:id:permissions`, separated by commas.
         *     Refused where nothing is created.
         */
        aclHeader: string;
        /** @description With `children`: all below the znode, as paths relative to it, each before what is below it. */
        recursiveList: components["schemas"]["Flag"];
        /** @description The version that the znode must have; -1 is any. With `acl`, of its ACL. */
        version: number;
        /** @description Answer with a document. */
        verbose: components["schemas"]["Flag"];
        /** @description The ETag that the znode must have, `"<czxid>-<version>"`, or several of them, or `*` for any znode that exists. 412 on mismatch; weak ETags match no change. */
        ifMatch: string;
        /** @description The ETags one of which the znode must have, or `*`. 412 on mismatch. */
        ifMatchRead: string;
        /** @description Only `*`: create, and never overwrite. */
        ifNoneMatchChange: "*";
        /** @description ETags that the caller has; 304 for raw bytes when one of them still holds. */
        ifNoneMatchRead: string;
        /** @description ETags that the caller has; 304 when one of them still holds. */
        ifNoneMatchFile: string;
        /**
         * @description Printable ASCII, at random (a UUID). The ensemble keeps it with the change: the same request again is answered with
         *     the first answer, at any peer and after a fail-over; another request with the same key is refused with 422. It is
         *     kept for a minute at least, a day when there is room. It belongs to who has proved who they are, and finds nobody
         *     else's answer; all who have proved nothing share their keys. Who has used too many within a minute is refused with
         *     429.
         */
        idempotencyKey: string;
        /** @description The secret of the session, unless Authorization has it. */
        sessionSecretHeader: components["schemas"]["Secret"];
        /** @description The name of a lock or an election: one name, without "/". */
        queueName: string;
        /** @description The lockId. Whoever knows it may do with the place as its owner. */
        lockId: components["schemas"]["Secret"];
        /** @description How long to wait for the turn before the answer is 202; at most `limits.lockWaitMsMax`. */
        wait: components["schemas"]["Duration"];
        /** @description Enter only if that grants it at once; else 409 `LOCKHELD`, and nothing is entered. */
        try: components["schemas"]["Flag"];
        /** @description How contenders are named: as Curator and go-zookeeper do (the default), or as kazoo does. All of one queue must agree. */
        dialect: "curator" | "kazoo";
        /** @description A client that disconnects while it waits gives up its place. */
        abandonOnDisconnect: components["schemas"]["Flag"];
        /** @description A fencing token. */
        token: components["schemas"]["Zxid"];
        /** @description Only if this is the token of the place; else 412. */
        fencingToken: components["schemas"]["Zxid"];
        /**
         * @description The name of a lock, percent-encoded. With `X-Fencing-Token` the change is made only if that is the token of a current
         *     holder, decided together with the change; else 412 `FENCED`.
         */
        guardLock: string;
        /** @description The same for an election, in place of `X-Lock`. */
        guardElection: string;
        /** @description Goes with `X-Lock` or `X-Election`. */
        guardToken: components["schemas"]["Zxid"];
        /** @description The secret of the session that the body names, unless Authorization has it. */
        optionalSessionSecretHeader: components["schemas"]["Secret"];
    };
    requestBodies: {
        /** @description The bytes of the znode, of any content type; at most `limits.dataBytesMax`. */
        Data: {
            content: {
                "*/*": unknown;
            };
        };
        /** @description The bytes of the znode, of any content type; with `?acl` an ACL document. */
        DataOrAcl: {
            content: {
                "*/*": unknown;
                "application/json": unknown;
            };
        };
    };
    headers: {
        /** @description The version of the members. */
        MembersETag: string;
        /** @description The last zxid that this peer had applied when it answered. */
        "X-Zxid": components["schemas"]["Zxid"];
        /** @description What this peer is. */
        "X-Role": components["schemas"]["Role"];
        /** @description Milliseconds since this peer heard its leader; absent when it never did. */
        "X-Leader-Contact-Ms": string;
        /** @description The id of this peer. */
        "X-Served-By": string;
        /** @description The ensemble; absent until it exists. */
        "X-Cluster-Id": string;
        /** @description This incarnation of the znode and this version of its data: what If-Match takes. */
        ETag: string;
        /** @description Of the txn that created it. */
        "X-Zk-Czxid": components["schemas"]["Zxid"];
        /** @description Of the txn that last set its data. */
        "X-Zk-Mzxid": components["schemas"]["Zxid"];
        /** @description Of the txn that last created or deleted a child. */
        "X-Zk-Pzxid": components["schemas"]["Zxid"];
        /** @description Unix milliseconds. */
        "X-Zk-Ctime": string;
        /** @description Unix milliseconds. */
        "X-Zk-Mtime": string;
        /** @description Changes of data. */
        "X-Zk-Version": string;
        /** @description Changes of children. */
        "X-Zk-Cversion": string;
        /** @description Changes of the ACL. */
        "X-Zk-Aversion": string;
        /** @description The session that an ephemeral znode belongs to; 0 for others. */
        "X-Zk-Ephemeral-Owner": string;
        /** @description How many children there are. */
        "X-Zk-Num-Children": string;
        /** @description This incarnation of the znode and this version of its data: what If-Match takes. */
        "optional-ETag": string;
        /** @description Of the txn that created it. */
        "optional-X-Zk-Czxid": components["schemas"]["Zxid"];
        /** @description Of the txn that last set its data. */
        "optional-X-Zk-Mzxid": components["schemas"]["Zxid"];
        /** @description Of the txn that last created or deleted a child. */
        "optional-X-Zk-Pzxid": components["schemas"]["Zxid"];
        /** @description Unix milliseconds. */
        "optional-X-Zk-Ctime": string;
        /** @description Unix milliseconds. */
        "optional-X-Zk-Mtime": string;
        /** @description Changes of data. */
        "optional-X-Zk-Version": string;
        /** @description Changes of children. */
        "optional-X-Zk-Cversion": string;
        /** @description Changes of the ACL. */
        "optional-X-Zk-Aversion": string;
        /** @description The session that an ephemeral znode belongs to; 0 for others. */
        "optional-X-Zk-Ephemeral-Owner": string;
        /** @description How many children there are. */
        "optional-X-Zk-Num-Children": string;
        /** @description A hash of the content. */
        "file-ETag": string;
        /** @description Where it is. */
        Location: string;
        /** @description With `rel="next"`: the next page of a list. */
        Link: string;
        /** @description `true` when this is the answer to an earlier request with the same key. */
        "Idempotency-Replayed": "true";
        /** @description How many znodes were deleted. */
        "X-Deleted": string;
        /** @description Milliseconds, from the touch that the leader confirmed. */
        "X-Session-Expires-In": string;
        /** @description Seconds. */
        "Retry-After": string;
        /** @description The methods that there are. */
        Allow: string;
        /** @description How to say who asks. */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readZnode: {
        parameters: {
            query?: {
                /** @description The names of the children in order of code points. */
                children?: components["parameters"]["children"];
                /** @description The stat alone, which no ACL hides. */
                stat?: components["parameters"]["stat"];
                /** @description The ACL. */
                acl?: components["parameters"]["aclView"];
                /** @description Names in one page; at most `limits.childrenPageMax`. A page also ends at 1 MiB of names and data. */
                limit?: components["parameters"]["limit"];
                /** @description The token of the page before. */
                continue?: components["parameters"]["continue"];
                /** @description Add data and stat of the children that the caller may read. */
                withData?: components["parameters"]["withData"];
                /** @description With `children`: all below the znode, as paths relative to it, each before what is below it. */
                recursive?: components["parameters"]["recursiveList"];
                /** @description How data is written in JSON; `utf8` falls back to base64 for what is not UTF-8. Asks for JSON. */
                encoding?: components["parameters"]["encoding"];
                /** @description The zxid after which a change is waited for: `X-Zxid` of the answer before. */
                index?: components["parameters"]["index"];
                /** @description How long to wait for a change, at most 60s; goes with `index`. */
                wait?: components["parameters"]["waitForChange"];
                /**
                 * @description `linearizable`: at least as new as all that was acknowledged anywhere before (needs a quorum). `session`: at least as
                 *     new as what the presented session saw. `local`: what this peer has, also without a quorum; may be stale.
                 */
                consistency?: components["parameters"]["consistency"];
                /** @description Wait until this peer is at least at this zxid. */
                minZxid?: components["parameters"]["minZxid"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description `wait=30` is as `?wait=30s`. */
                Prefer?: components["parameters"]["preferWait"];
                /** @description As `minZxid`: send back the X-Zxid of an earlier answer to never read older state, at any peer. */
                "X-Min-Zxid"?: components["parameters"]["minZxidHeader"];
                /** @description ETags that the caller has; 304 for raw bytes when one of them still holds. */
                "If-None-Match"?: components["parameters"]["ifNoneMatchRead"];
                /** @description The ETags one of which the znode must have, or `*`. 412 on mismatch. */
                "If-Match"?: components["parameters"]["ifMatchRead"];
            };
            path: {
                /**
                 * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
                 *     itself or as `%2F`. Decoded once.
                 */
                path: components["parameters"]["path"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ZnodeRead"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["GoneOrCompacted"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    setZnode: {
        parameters: {
            query?: {
                /** @description Create the znode when there is none. */
                create?: components["parameters"]["create"];
                /** @description Make missing parents too, in the same txn. */
                parents?: components["parameters"]["parents"];
                /** @description The version that the znode must have; -1 is any. With `acl`, of its ACL. */
                version?: components["parameters"]["version"];
                /** @description Set the ACL in place of the data. */
                acl?: components["parameters"]["aclChange"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description At a follower: answer 307 with the place of the leader, in place of forwarding. */
                redirect?: components["parameters"]["redirect"];
            };
            header?: {
                /** @description The ETag that the znode must have, `"<czxid>-<version>"`, or several of them, or `*` for any znode that exists. 412 on mismatch; weak ETags match no change. */
                "If-Match"?: components["parameters"]["ifMatch"];
                /** @description Only `*`: create, and never overwrite. */
                "If-None-Match"?: components["parameters"]["ifNoneMatchChange"];
                /**
                 * @description The ACL of the znode that is created, as ZooKeeper's shell writes one: `scheme:id:permissions`, separated by commas.
                 *     Refused where nothing is created.
                 */
                "X-Acl"?: components["parameters"]["aclHeader"];
                /**
                 * @description Printable ASCII, at random (a UUID). The ensemble keeps it with the change: the same request again is answered with
                 *     the first answer, at any peer and after a fail-over; another request with the same key is refused with 422. It is
                 *     kept for a minute at least, a day when there is room. It belongs to who has proved who they are, and finds nobody
                 *     else's answer; all who have proved nothing share their keys. Who has used too many within a minute is refused with
                 *     429.
                 */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /**
                 * @description The name of a lock, percent-encoded. With `X-Fencing-Token` the change is made only if that is the token of a current
                 *     holder, decided together with the change; else 412 `FENCED`.
                 */
                "X-Lock"?: components["parameters"]["guardLock"];
                /** @description The same for an election, in place of `X-Lock`. */
                "X-Election"?: components["parameters"]["guardElection"];
                /** @description Goes with `X-Lock` or `X-Election`. */
                "X-Fencing-Token"?: components["parameters"]["guardToken"];
            };
            path: {
                /**
                 * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
                 *     itself or as `%2F`. Decoded once.
                 */
                path: components["parameters"]["path"];
            };
            cookie?: never;
        };
        requestBody?: components["requestBodies"]["DataOrAcl"];
        responses: {
            200: components["responses"]["Changed"];
            201: components["responses"]["Created"];
            307: components["responses"]["AtTheLeader"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    createChild: {
        parameters: {
            query?: {
                /** @description The name of the child; may be left away with `sequential`. */
                name?: components["parameters"]["name"];
                /** @description `ttl` needs `ttl`, and is the default with it. */
                kind?: components["parameters"]["kind"];
                /** @description Complete the name with ten digits of the parent's counter. */
                sequential?: components["parameters"]["sequential"];
                /** @description How long a TTL znode without children stays after its last change. */
                ttl?: components["parameters"]["ttl"];
                /** @description Make missing parents too, in the same txn. */
                parents?: components["parameters"]["parents"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description At a follower: answer 307 with the place of the leader, in place of forwarding. */
                redirect?: components["parameters"]["redirect"];
            };
            header?: {
                /**
                 * @description The ACL of the znode that is created, as ZooKeeper's shell writes one: `scheme:id:permissions`, separated by commas.
                 *     Refused where nothing is created.
                 */
                "X-Acl"?: components["parameters"]["aclHeader"];
                /**
                 * @description Printable ASCII, at random (a UUID). The ensemble keeps it with the change: the same request again is answered with
                 *     the first answer, at any peer and after a fail-over; another request with the same key is refused with 422. It is
                 *     kept for a minute at least, a day when there is room. It belongs to who has proved who they are, and finds nobody
                 *     else's answer; all who have proved nothing share their keys. Who has used too many within a minute is refused with
                 *     429.
                 */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /**
                 * @description The name of a lock, percent-encoded. With `X-Fencing-Token` the change is made only if that is the token of a current
                 *     holder, decided together with the change; else 412 `FENCED`.
                 */
                "X-Lock"?: components["parameters"]["guardLock"];
                /** @description The same for an election, in place of `X-Lock`. */
                "X-Election"?: components["parameters"]["guardElection"];
                /** @description Goes with `X-Lock` or `X-Election`. */
                "X-Fencing-Token"?: components["parameters"]["guardToken"];
            };
            path: {
                /**
                 * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
                 *     itself or as `%2F`. Decoded once.
                 */
                path: components["parameters"]["path"];
            };
            cookie?: never;
        };
        requestBody?: components["requestBodies"]["Data"];
        responses: {
            201: components["responses"]["Created"];
            307: components["responses"]["AtTheLeader"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    deleteZnode: {
        parameters: {
            query?: {
                /** @description And everything below it, all or nothing; at most `limits.recursiveDeleteMax` znodes. */
                recursive?: components["parameters"]["recursive"];
                /** @description The version that the znode must have; -1 is any. With `acl`, of its ACL. */
                version?: components["parameters"]["version"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description At a follower: answer 307 with the place of the leader, in place of forwarding. */
                redirect?: components["parameters"]["redirect"];
            };
            header?: {
                /** @description The ETag that the znode must have, `"<czxid>-<version>"`, or several of them, or `*` for any znode that exists. 412 on mismatch; weak ETags match no change. */
                "If-Match"?: components["parameters"]["ifMatch"];
                /**
                 * @description Printable ASCII, at random (a UUID). The ensemble keeps it with the change: the same request again is answered with
                 *     the first answer, at any peer and after a fail-over; another request with the same key is refused with 422. It is
                 *     kept for a minute at least, a day when there is room. It belongs to who has proved who they are, and finds nobody
                 *     else's answer; all who have proved nothing share their keys. Who has used too many within a minute is refused with
                 *     429.
                 */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /**
                 * @description The name of a lock, percent-encoded. With `X-Fencing-Token` the change is made only if that is the token of a current
                 *     holder, decided together with the change; else 412 `FENCED`.
                 */
                "X-Lock"?: components["parameters"]["guardLock"];
                /** @description The same for an election, in place of `X-Lock`. */
                "X-Election"?: components["parameters"]["guardElection"];
                /** @description Goes with `X-Lock` or `X-Election`. */
                "X-Fencing-Token"?: components["parameters"]["guardToken"];
            };
            path: {
                /**
                 * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
                 *     itself or as `%2F`. Decoded once.
                 */
                path: components["parameters"]["path"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["Deleted"];
            307: components["responses"]["AtTheLeader"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    readZnodeHeaders: {
        parameters: {
            query?: {
                /** @description The names of the children in order of code points. */
                children?: components["parameters"]["children"];
                /** @description The stat alone, which no ACL hides. */
                stat?: components["parameters"]["stat"];
                /** @description The ACL. */
                acl?: components["parameters"]["aclView"];
                /** @description Names in one page; at most `limits.childrenPageMax`. A page also ends at 1 MiB of names and data. */
                limit?: components["parameters"]["limit"];
                /** @description The token of the page before. */
                continue?: components["parameters"]["continue"];
                /** @description Add data and stat of the children that the caller may read. */
                withData?: components["parameters"]["withData"];
                /** @description With `children`: all below the znode, as paths relative to it, each before what is below it. */
                recursive?: components["parameters"]["recursiveList"];
                /** @description How data is written in JSON; `utf8` falls back to base64 for what is not UTF-8. Asks for JSON. */
                encoding?: components["parameters"]["encoding"];
                /** @description The zxid after which a change is waited for: `X-Zxid` of the answer before. */
                index?: components["parameters"]["index"];
                /** @description How long to wait for a change, at most 60s; goes with `index`. */
                wait?: components["parameters"]["waitForChange"];
                /**
                 * @description `linearizable`: at least as new as all that was acknowledged anywhere before (needs a quorum). `session`: at least as
                 *     new as what the presented session saw. `local`: what this peer has, also without a quorum; may be stale.
                 */
                consistency?: components["parameters"]["consistency"];
                /** @description Wait until this peer is at least at this zxid. */
                minZxid?: components["parameters"]["minZxid"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description `wait=30` is as `?wait=30s`. */
                Prefer?: components["parameters"]["preferWait"];
                /** @description As `minZxid`: send back the X-Zxid of an earlier answer to never read older state, at any peer. */
                "X-Min-Zxid"?: components["parameters"]["minZxidHeader"];
                /** @description ETags that the caller has; 304 for raw bytes when one of them still holds. */
                "If-None-Match"?: components["parameters"]["ifNoneMatchRead"];
                /** @description The ETags one of which the znode must have, or `*`. 412 on mismatch. */
                "If-Match"?: components["parameters"]["ifMatchRead"];
            };
            path: {
                /**
                 * @description The znode's path without its first slash, each name percent-encoded; empty for the root. A slash may stand as
                 *     itself or as `%2F`. Decoded once.
                 */
                path: components["parameters"]["path"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ZnodeRead"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["GoneOrCompacted"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    runTransaction: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description At a follower: answer 307 with the place of the leader, in place of forwarding. */
                redirect?: components["parameters"]["redirect"];
            };
            header?: {
                /**
                 * @description Printable ASCII, at random (a UUID). The ensemble keeps it with the change: the same request again is answered with
                 *     the first answer, at any peer and after a fail-over; another request with the same key is refused with 422. It is
                 *     kept for a minute at least, a day when there is room. It belongs to who has proved who they are, and finds nobody
                 *     else's answer; all who have proved nothing share their keys. Who has used too many within a minute is refused with
                 *     429.
                 */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Transaction"];
            };
        };
        responses: {
            /** @description One of the two branches ran, all of it. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionResult"];
                };
            };
            307: components["responses"]["AtTheLeader"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["TransactionRefused"];
            410: components["responses"]["SessionGone"];
            412: components["responses"]["Fenced"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    watch: {
        parameters: {
            query: {
                /** @description The znode to watch. */
                path: string;
                /** @description Also everything below it; without `childrenChanged`. */
                recursive?: boolean;
                /** @description The place after which to go on; `Last-Event-ID` wins over it. Excludes `initial`. */
                from?: string;
                /** @description First what is there now. */
                initial?: boolean;
                /** @description Events carry `data`. */
                values?: boolean;
                /** @description How data is written in JSON; `utf8` falls back to base64 for what is not UTF-8. Asks for JSON. */
                encoding?: components["parameters"]["encoding"];
                /** @description In place of headers, from `POST /v1/tickets` of the same peer. */
                ticket?: string;
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description As a browser sends it when it connects again. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events without end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["GoneOrCompacted"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    issueTicket: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The ticket. */
            201: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ticket: string;
                        expiresInMs: number;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    openSocket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection is a WebSocket from here on. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            /** @description `UPGRADEREQUIRED`: this is no WebSocket handshake, or one of another version. */
            426: {
                headers: {
                    Upgrade: "websocket";
                    "Sec-WebSocket-Version": "13";
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    sync: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This peer is at least at this zxid. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        zxid: components["schemas"]["Zxid"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    showAuth: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description So it is, as this peer has applied it. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthStatus"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    initAuth: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AuthInit"];
            };
        };
        responses: {
            /** @description They are on. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthStatus"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    switchAuthOff: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are off. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    listRoles: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description In one page; at most 1,000. A page also ends at 256 KiB. */
                limit?: components["parameters"]["authLimit"];
                /** @description The token of the page before. */
                continue?: components["parameters"]["continue"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthRoles"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    getRole: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamedRole"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    putRole: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthRole"];
            };
        };
        responses: {
            /** @description So it is now. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    deleteRole: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    listGrants: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description In one page; at most 1,000. A page also ends at 256 KiB. */
                limit?: components["parameters"]["authLimit"];
                /** @description The token of the page before. */
                continue?: components["parameters"]["continue"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthGrants"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    getGrant: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The grant. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamedGrant"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    putGrant: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthGrant"];
            };
        };
        responses: {
            /** @description So it is now. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    deleteGrant: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description In one page; at most 1,000. A page also ends at 256 KiB. */
                limit?: components["parameters"]["authLimit"];
                /** @description The token of the page before. */
                continue?: components["parameters"]["continue"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthTokens"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    getToken: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is kept of it, which is not its text. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamedToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    putToken: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthToken"];
            };
        };
        responses: {
            /** @description So it is now. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    deleteToken: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description Of a role or a grant. */
                name: components["parameters"]["authName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    openSession: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            /** @description The session lives. Keep the secret; it is shown only here. */
            201: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    touchSession: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description The secret of the session, unless Authorization has it. */
                "X-Session-Secret"?: components["parameters"]["sessionSecretHeader"];
            };
            path: {
                /** @description The session. Its secret comes in `X-Session-Secret`, or in `Authorization`. */
                id: components["schemas"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["Touched"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    touchSessionByPost: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description The secret of the session, unless Authorization has it. */
                "X-Session-Secret"?: components["parameters"]["sessionSecretHeader"];
            };
            path: {
                /** @description The session. Its secret comes in `X-Session-Secret`, or in `Authorization`. */
                id: components["schemas"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: components["responses"]["Touched"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    closeSession: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description The secret of the session, unless Authorization has it. */
                "X-Session-Secret"?: components["parameters"]["sessionSecretHeader"];
            };
            path: {
                /** @description The session. Its secret comes in `X-Session-Secret`, or in `Authorization`. */
                id: components["schemas"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is gone. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["SessionGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    showLock: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue; empty when nobody holds. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockQueue"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["SessionGone"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    acquireLock: {
        parameters: {
            query?: {
                /** @description How long to wait for the turn before the answer is 202; at most `limits.lockWaitMsMax`. */
                wait?: components["parameters"]["wait"];
                /** @description Enter only if that grants it at once; else 409 `LOCKHELD`, and nothing is entered. */
                try?: components["parameters"]["try"];
                /** @description How contenders are named: as Curator and go-zookeeper do (the default), or as kazoo does. All of one queue must agree. */
                dialect?: components["parameters"]["dialect"];
                /** @description A client that disconnects while it waits gives up its place. */
                abandonOnDisconnect?: components["parameters"]["abandonOnDisconnect"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description The secret of the session that the body names, unless Authorization has it. */
                "X-Session-Secret"?: components["parameters"]["optionalSessionSecretHeader"];
            };
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LockRequest"];
            };
        };
        responses: {
            200: components["responses"]["LockGranted"];
            202: components["responses"]["LockQueued"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["LockConflict"];
            410: components["responses"]["LockGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    checkLock: {
        parameters: {
            query?: {
                /** @description A fencing token. */
                token?: components["parameters"]["token"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. 412 when it is not. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            412: components["responses"]["Fenced"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    pollLock: {
        parameters: {
            query?: {
                /** @description How long to wait for the turn before the answer is 202; at most `limits.lockWaitMsMax`. */
                wait?: components["parameters"]["wait"];
                /** @description A client that disconnects while it waits gives up its place. */
                abandonOnDisconnect?: components["parameters"]["abandonOnDisconnect"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LockGranted"];
            202: components["responses"]["LockQueued"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["LockConflict"];
            410: components["responses"]["LockGone"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    releaseLock: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description Only if this is the token of the place; else 412. */
                "X-Fencing-Token"?: components["parameters"]["fencingToken"];
            };
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is left. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["LockGone"];
            412: components["responses"]["Fenced"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    renewLock: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LockGranted"];
            202: components["responses"]["LockQueued"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["LockConflict"];
            410: components["responses"]["LockGone"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    showLeader: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who leads, or null. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Leadership"];
                    "text/event-stream": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["SessionGone"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    campaign: {
        parameters: {
            query?: {
                /** @description How long to wait for the turn before the answer is 202; at most `limits.lockWaitMsMax`. */
                wait?: components["parameters"]["wait"];
                /** @description Enter only if that grants it at once; else 409 `LOCKHELD`, and nothing is entered. */
                try?: components["parameters"]["try"];
                /** @description How contenders are named: as Curator and go-zookeeper do (the default), or as kazoo does. All of one queue must agree. */
                dialect?: components["parameters"]["dialect"];
                /** @description A client that disconnects while it waits gives up its place. */
                abandonOnDisconnect?: components["parameters"]["abandonOnDisconnect"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description The secret of the session that the body names, unless Authorization has it. */
                "X-Session-Secret"?: components["parameters"]["optionalSessionSecretHeader"];
            };
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CampaignRequest"];
            };
        };
        responses: {
            200: components["responses"]["LockGranted"];
            202: components["responses"]["LockQueued"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["LockConflict"];
            410: components["responses"]["LockGone"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    pollCampaign: {
        parameters: {
            query?: {
                /** @description How long to wait for the turn before the answer is 202; at most `limits.lockWaitMsMax`. */
                wait?: components["parameters"]["wait"];
                /** @description A client that disconnects while it waits gives up its place. */
                abandonOnDisconnect?: components["parameters"]["abandonOnDisconnect"];
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LockGranted"];
            202: components["responses"]["LockQueued"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["LockConflict"];
            410: components["responses"]["LockGone"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    proclaim: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: components["requestBodies"]["Data"];
        responses: {
            200: components["responses"]["LockGranted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["LockGone"];
            412: components["responses"]["Fenced"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
            507: components["responses"]["NoSpace"];
        };
    };
    resign: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: {
                /** @description Only if this is the token of the place; else 412. */
                "X-Fencing-Token"?: components["parameters"]["fencingToken"];
            };
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is left. */
            204: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["LockGone"];
            412: components["responses"]["Fenced"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    renewCampaign: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path: {
                /** @description The name of a lock or an election: one name, without "/". */
                name: components["parameters"]["queueName"];
                /** @description The lockId. Whoever knows it may do with the place as its owner. */
                id: components["parameters"]["lockId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LockGranted"];
            202: components["responses"]["LockQueued"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["LockConflict"];
            410: components["responses"]["LockGone"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            501: components["responses"]["Unimplemented"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    showCluster: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who leads, who follows, and where clients reach them. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    moveLeader: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveLeader"];
            };
        };
        responses: {
            /** @description It leads, and this peer serves under it. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovedLeader"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["CannotHandOver"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    raiseLevel: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RaiseLevel"];
            };
        };
        responses: {
            /** @description The ensemble is at that level; or with `dryRun` could be at the newest. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Level"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["CannotRaiseLevel"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    showLogLevel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is logged, and until when. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogLevel"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    setLogLevel: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetLogLevel"];
            };
        };
        responses: {
            /** @description It is logged so from now on. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogLevel"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    backup: {
        parameters: {
            query?: {
                /** @description The zxid after which the log is wanted; without, it is a copy of the state. */
                after?: string;
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The copy. */
            200: {
                headers: {
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.quoll.copy": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            410: components["responses"]["GoneOrCompacted"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    listMembers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The members, as this peer has applied it. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["MembersETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    addMember: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description Refused unless the members are at this version. */
                fromVersion?: components["parameters"]["fromVersion"];
                /** @description Also when the majority of the new voters that is there is not up to date yet. */
                force?: components["parameters"]["force"];
            };
            header?: {
                /** @description The `ETag` of the members */
                "If-Match"?: components["parameters"]["membersIfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            /** @description The change is committed, and applied by the peer that was asked. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["MembersETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["MembersConflict"];
            412: components["responses"]["MembersChanged"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["CodedContent"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    removeMember: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description Refused unless the members are at this version. */
                fromVersion?: components["parameters"]["fromVersion"];
                /** @description Also when the majority of the new voters that is there is not up to date yet. */
                force?: components["parameters"]["force"];
            };
            header?: {
                /** @description The `ETag` of the members */
                "If-Match"?: components["parameters"]["membersIfMatch"];
            };
            path: {
                /** @description The number of the member. */
                id: components["parameters"]["memberId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is committed, and applied by the peer that was asked. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["MembersETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoMember"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["MembersConflict"];
            412: components["responses"]["MembersChanged"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    promoteMember: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description Refused unless the members are at this version. */
                fromVersion?: components["parameters"]["fromVersion"];
                /** @description Also when the majority of the new voters that is there is not up to date yet. */
                force?: components["parameters"]["force"];
            };
            header?: {
                /** @description The `ETag` of the members */
                "If-Match"?: components["parameters"]["membersIfMatch"];
            };
            path: {
                /** @description The number of the member. */
                id: components["parameters"]["memberId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is committed, and applied by the peer that was asked. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["MembersETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoMember"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["MembersConflict"];
            412: components["responses"]["MembersChanged"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    demoteMember: {
        parameters: {
            query?: {
                /** @description How long an answer is waited for; at most 60s. */
                timeout?: components["parameters"]["timeout"];
                /** @description Refused unless the members are at this version. */
                fromVersion?: components["parameters"]["fromVersion"];
                /** @description Also when the majority of the new voters that is there is not up to date yet. */
                force?: components["parameters"]["force"];
            };
            header?: {
                /** @description The `ETag` of the members */
                "If-Match"?: components["parameters"]["membersIfMatch"];
            };
            path: {
                /** @description The number of the member. */
                id: components["parameters"]["memberId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is committed, and applied by the peer that was asked. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["MembersETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Members"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NoMember"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["MembersConflict"];
            412: components["responses"]["MembersChanged"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["Throttled"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["OutcomeUnknown"];
        };
    };
    showInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What to know before the first request. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Info"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    showLive: {
        parameters: {
            query?: {
                /** @description Answer with a document. */
                verbose?: components["parameters"]["verbose"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "ok\n";
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    showReady: {
        parameters: {
            query?: {
                /** @description Answer with a document. */
                verbose?: components["parameters"]["verbose"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does; 503 says why not. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    showHealth: {
        parameters: {
            query?: {
                /** @description Answer with a document. */
                verbose?: components["parameters"]["verbose"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As `/readyz`. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    showStarted: {
        parameters: {
            query?: {
                /** @description Answer with a document. */
                verbose?: components["parameters"]["verbose"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It belongs to an ensemble; 503 says what it waits for. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": "ok\n";
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    showMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text exposition format. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    showContract: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has; 304 when one of them still holds. */
                "If-None-Match"?: components["parameters"]["ifNoneMatchFile"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["file-ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            304: components["responses"]["FileNotModified"];
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    showReference: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has; 304 when one of them still holds. */
                "If-None-Match"?: components["parameters"]["ifNoneMatchFile"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["file-ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            304: components["responses"]["FileNotModified"];
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
    showReferenceFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that the caller has; 304 when one of them still holds. */
                "If-None-Match"?: components["parameters"]["ifNoneMatchFile"];
            };
            path: {
                /** @description Its name. */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "X-Zxid": components["headers"]["X-Zxid"];
                    "X-Role": components["headers"]["X-Role"];
                    "X-Leader-Contact-Ms": components["headers"]["X-Leader-Contact-Ms"];
                    "X-Served-By": components["headers"]["X-Served-By"];
                    "X-Cluster-Id": components["headers"]["X-Cluster-Id"];
                    ETag: components["headers"]["file-ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                    "text/css": string;
                    "image/png": unknown;
                };
            };
            304: components["responses"]["FileNotModified"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NoRoute"];
            408: components["responses"]["RequestTimeout"];
            414: components["responses"]["TargetTooLong"];
            417: components["responses"]["ExpectationFailed"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["Internal"];
        };
    };
}
