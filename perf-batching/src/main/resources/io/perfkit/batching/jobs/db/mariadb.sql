create table perfkit_job (
    id varchar(64) primary key,
    queue_name varchar(60) not null,
    type_name varchar(60) not null,
    type_version integer not null,
    payload longtext not null,
    state varchar(10) not null,
    fence bigint not null,
    attempts integer not null,
    maximum_attempts integer not null,
    backoff varchar(100) not null,
    priority smallint not null,
    key_text varchar(200),
    key_hash varchar(64) not null,
    progress double not null,
    progress_at bigint,
    submitted_at bigint not null,
    due_at bigint,
    started_at bigint,
    finished_at bigint,
    result longtext,
    error longtext,
    cancel_requested boolean not null,
    worker varchar(100),
    constraint perfkit_job_key unique (queue_name, key_hash)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index perfkit_job_by_state on perfkit_job (queue_name, state, submitted_at);

create index perfkit_job_by_end on perfkit_job (queue_name, finished_at);

create table perfkit_job_type (
    queue_name varchar(60) not null,
    type_name varchar(60) not null,
    type_version integer not null,
    seen_at bigint not null,
    primary key (queue_name, type_name, type_version)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create table perfkit_job_execution (
    task_name varchar(150) not null,
    task_instance varchar(64) not null,
    task_data blob,
    execution_time datetime(6) not null,
    picked boolean not null,
    picked_by varchar(100),
    last_success datetime(6),
    last_failure datetime(6),
    consecutive_failures integer,
    last_heartbeat datetime(6),
    version bigint not null,
    priority smallint,
    primary key (task_name, task_instance)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

create index perfkit_job_execution_due on perfkit_job_execution (picked, priority desc, execution_time);

create index perfkit_job_execution_alive on perfkit_job_execution (last_heartbeat);
