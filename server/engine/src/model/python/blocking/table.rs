//! What holds up whoever calls it, by dotted names.

use std::collections::HashMap;
use std::sync::LazyLock;

/// For what a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wait {
    Sleep,
    Http,
    Process,
    Database,
    /// A connection of sqlite3, which belongs to one thread.
    Sqlite,
    /// An SQLAlchemy session, which belongs to one task.
    Session,
    Person,
    /// An open file: what is done with it waits as well.
    Open,
    File,
}

impl Wait {
    /// Files are near; all else may take any time.
    pub fn is_short(self) -> bool {
        matches!(self, Wait::Open | Wait::File)
    }
}

/// What a name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Blocks {
    pub wait: Wait,
    /// The id of the same check of ruff, as that finds this name.
    pub also: Option<&'static str>,
}

/// Names of one module, or methods of objects.
struct Group {
    of: &'static [&'static str],
    names: &'static [&'static str],
    wait: Wait,
    also: Option<&'static str>,
}

const fn group(
    of: &'static [&'static str],
    names: &'static [&'static str],
    wait: Wait,
    also: Option<&'static str>,
) -> Group {
    Group {
        of,
        names,
        wait,
        also,
    }
}

#[rustfmt::skip]
const VERBS: &[&str] = &["delete", "get", "head", "options", "patch", "post", "put", "request"];
#[rustfmt::skip]
const CONNECTION: &[&str] = &["commit", "execute", "executemany", "executescript", "rollback"];
#[rustfmt::skip]
const CURSOR: &[&str] = &["callproc", "copy_expert", "execute", "executemany", "executescript"];
#[rustfmt::skip]
const SESSION: &[&str] = &[
    "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings", "commit", "exec", "execute", "flush", "get",
    "get_one", "merge", "query", "refresh", "rollback", "scalar", "scalars",
];
#[rustfmt::skip]
const REDIS: &[&str] = &[
    "append", "blpop", "brpop", "decr", "decrby", "delete", "eval", "evalsha", "execute_command", "exists", "expire",
    "expireat", "flushall", "flushdb", "get", "getdel", "getex", "getset", "hdel", "hexists", "hget", "hgetall",
    "hincrby", "hkeys", "hlen", "hmget", "hmset", "hset", "hsetnx", "hvals", "incr", "incrby", "info", "keys", "lindex",
    "llen", "lpop", "lpush", "lrange", "lrem", "ltrim", "mget", "mset", "persist", "pexpire", "ping", "psetex", "pttl",
    "publish", "rename", "rpop", "rpush", "sadd", "scan", "scard", "set", "setex", "setnx", "sismember", "smembers",
    "spop", "srem", "ttl", "unlink", "xack", "xadd", "xlen", "xrange", "xread", "xreadgroup", "zadd", "zcard",
    "zincrby", "zpopmin", "zrange", "zrangebyscore", "zrem", "zscore",
];
#[rustfmt::skip]
const MONGO: &[&str] = &[
    "bulk_write", "command", "count_documents", "create_index", "delete_many", "delete_one", "distinct", "drop",
    "estimated_document_count", "find_one", "find_one_and_delete", "find_one_and_replace", "find_one_and_update",
    "insert_many", "insert_one", "list_collection_names", "list_database_names", "replace_one", "server_info",
    "update_many", "update_one",
];
#[rustfmt::skip]
const PATH: &[&str] = &[
    "chmod", "exists", "glob", "group", "hardlink_to", "is_block_device", "is_char_device", "is_dir", "is_fifo",
    "is_file", "is_mount", "is_socket", "is_symlink", "iterdir", "lchmod", "link_to", "lstat", "mkdir", "owner",
    "read_bytes", "read_text", "readlink", "rename", "replace", "resolve", "rglob", "rmdir", "samefile", "stat",
    "symlink_to", "touch", "unlink", "write_bytes", "write_text",
];
/// What a path has that is a path again.
#[rustfmt::skip]
const PATHS: &[&str] = &[
    "absolute()", "expanduser()", "joinpath()", "parent", "resolve()", "with_name()", "with_stem()", "with_suffix()",
];

/// Ids as ruff 0.17 reports these names.
#[rustfmt::skip]
const GROUPS: &[Group] = &[
    group(&["time"], &["sleep"], Wait::Sleep, Some("ASYNC251")),
    group(&["requests", "requests.api", "httpx"], VERBS, Wait::Http, Some("ASYNC210")),
    group(&["urllib.request"], &["urlopen"], Wait::Http, Some("ASYNC210")),
    group(&["urllib.request"], &["urlretrieve"], Wait::Http, None),
    group(&["urllib3"], &["request"], Wait::Http, Some("ASYNC210")),
    group(&["urllib3.PoolManager()", "urllib3.ProxyManager()"], &["request", "urlopen"], Wait::Http, None),
    group(&["requests.Session()", "requests.session()", "requests.sessions.Session()"], VERBS, Wait::Http, None),
    group(&["requests.Session()", "requests.session()", "requests.sessions.Session()"], &["send"], Wait::Http, None),
    group(&["httpx.Client()"], VERBS, Wait::Http, Some("ASYNC212")),
    group(&["httpx.Client()"], &["close", "send", "stream"], Wait::Http, Some("ASYNC212")),
    group(&["httpx"], &["stream"], Wait::Http, None),
    group(&["http.client.HTTPConnection()", "http.client.HTTPSConnection()"], &["getresponse", "request"], Wait::Http, None),
    group(&["subprocess"], &["call", "check_call", "check_output", "getoutput", "getstatusoutput", "run"], Wait::Process, Some("ASYNC221")),
    group(&["subprocess"], &["Popen"], Wait::Process, Some("ASYNC220")),
    group(&["subprocess.Popen()"], &["communicate", "wait"], Wait::Process, None),
    group(&["os"], &["posix_spawn", "posix_spawnp", "system"], Wait::Process, Some("ASYNC221")),
    group(&["os"], &["popen"], Wait::Process, Some("ASYNC220")),
    // ASYNC221 where they wait.
    group(&["os"], &["spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe"], Wait::Process, Some("ASYNC220")),
    group(&["os"], &["wait", "wait3", "wait4", "waitid", "waitpid"], Wait::Process, Some("ASYNC222")),
    group(&["MySQLdb", "mysql.connector", "oracledb", "psycopg", "psycopg2", "pymysql", "pyodbc"], &["connect"], Wait::Database, None),
    group(&["psycopg.Connection"], &["connect"], Wait::Database, None),
    group(&[
        "MySQLdb.connect()", "mysql.connector.connect()", "oracledb.connect()", "psycopg.Connection()",
        "psycopg.Connection.connect()", "psycopg.connect()", "psycopg2.connect()", "psycopg2.extensions.connection()",
        "pymysql.Connection()", "pymysql.connect()", "pyodbc.Connection()", "pyodbc.connect()",
    ], CONNECTION, Wait::Database, None),
    group(&[
        "MySQLdb.connect().cursor()", "mysql.connector.connect().cursor()", "oracledb.connect().cursor()",
        "psycopg.Connection().cursor()", "psycopg.Connection.connect().cursor()", "psycopg.Cursor()",
        "psycopg.connect().cursor()", "psycopg2.connect().cursor()", "psycopg2.extensions.connection().cursor()",
        "psycopg2.extensions.cursor()", "pymysql.Connection().cursor()", "pymysql.connect().cursor()",
        "pymysql.cursors.Cursor()", "pyodbc.Connection().cursor()", "pyodbc.Cursor()", "pyodbc.connect().cursor()",
    ], CURSOR, Wait::Database, None),
    group(&["sqlite3"], &["connect"], Wait::Sqlite, None),
    group(&["sqlite3.Connection()", "sqlite3.connect()"], CONNECTION, Wait::Sqlite, None),
    group(&["sqlite3.Connection().cursor()", "sqlite3.Cursor()", "sqlite3.connect().cursor()"], CURSOR, Wait::Sqlite, None),
    group(&[
        "redis.Redis()", "redis.Redis.from_url()", "redis.StrictRedis()", "redis.client.Redis()", "redis.from_url()",
        "redis.cluster.RedisCluster()", "redis.RedisCluster()",
    ], REDIS, Wait::Database, None),
    group(&["redis.Redis().pipeline()", "redis.StrictRedis().pipeline()", "redis.from_url().pipeline()"], &["execute"], Wait::Database, None),
    group(&["pymongo.MongoClient()", "pymongo.collection.Collection()", "pymongo.database.Database()", "pymongo.mongo_client.MongoClient()"], MONGO, Wait::Database, None),
    group(&[
        "sqlalchemy.orm.Session()", "sqlalchemy.orm.scoped_session()", "sqlalchemy.orm.scoped_session()()",
        "sqlalchemy.orm.session.Session()", "sqlalchemy.orm.sessionmaker()()", "sqlalchemy.orm.session.sessionmaker()()",
        "sqlalchemy.orm.sessionmaker().begin()", "sqlmodel.Session()",
    ], SESSION, Wait::Session, None),
    group(&["sqlalchemy.create_engine()", "sqlmodel.create_engine()"], &["begin", "connect", "execute"], Wait::Database, None),
    group(&[
        "sqlalchemy.Connection()", "sqlalchemy.create_engine().begin()", "sqlalchemy.create_engine().connect()",
        "sqlalchemy.engine.Connection()",
    ], &["commit", "execute", "scalar", "scalars"], Wait::Session, None),
    group(&[""], &["input"], Wait::Person, Some("ASYNC250")),
    group(&["builtins"], &["input"], Wait::Person, Some("ASYNC250")),
    group(&[""], &["open"], Wait::Open, Some("ASYNC230")),
    group(&["builtins", "io", "pathlib.Path()"], &["open"], Wait::Open, Some("ASYNC230")),
    group(&["io"], &["open_code"], Wait::Open, Some("ASYNC230")),
    group(&["pathlib.Path()"], PATH, Wait::File, Some("ASYNC240")),
    group(&["os.path"], &[
        "exists", "getatime", "getctime", "getmtime", "getsize", "isdir", "isfile", "islink", "ismount", "lexists",
        "realpath", "samefile", "sameopenfile",
    ], Wait::File, Some("ASYNC240")),
    group(&["os"], &["listdir", "makedirs", "mkdir", "remove", "rename", "replace", "rmdir", "scandir", "unlink"], Wait::File, None),
    group(&["shutil"], &["copy", "copy2", "copyfile", "copytree", "make_archive", "move", "rmtree", "unpack_archive"], Wait::File, None),
];

static TABLE: LazyLock<HashMap<String, Blocks>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for group in GROUPS {
        for of in group.of {
            let dot = if of.is_empty() { "" } else { "." };
            table.extend(group.names.iter().map(|name| {
                let blocks = Blocks {
                    wait: group.wait,
                    also: group.also,
                };
                ([*of, dot, *name].concat(), blocks)
            }));
        }
    }
    table
});

/// All names that are known.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.keys().map(String::as_str)
}

/// What a dotted name does, if that blocks.
pub fn blocks(name: &str) -> Option<Blocks> {
    TABLE.get(name).copied().or_else(|| {
        let (object, method) = name.rsplit_once('.')?;
        let object = plain(object);
        (object.len() + 1 + method.len() < name.len())
            .then(|| TABLE.get([object, ".", method].concat().as_str()).copied())?
    })
}

/// A dotted name, and what it begins with up to each dot and each parenthesis.
pub(crate) fn beginnings(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.match_indices(['.', '(']).map(|(at, _)| at);
    ends.chain([name.len()]).map(|end| &name[..end])
}

/// The object whose methods these are: a path of a path is one, and so is whatever a MongoDB client holds.
fn plain(object: &str) -> &str {
    const PATH: &str = "pathlib.Path()";
    if object.starts_with(PATH) {
        let mut object = object;
        while let Some((rest, last)) = object.rsplit_once('.')
            && PATHS.contains(&last)
        {
            object = rest;
        }
        return object;
    }
    for mongo in [
        "pymongo.MongoClient()",
        "pymongo.mongo_client.MongoClient()",
        "pymongo.database.Database()",
    ] {
        if object.starts_with(mongo) {
            return mongo;
        }
    }
    object
}
