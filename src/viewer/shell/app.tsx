import { lazy, Suspense, useEffect, type ReactNode } from "react";
import type { Role } from "../../server/contract.js";
import { Notice, Loading } from "../parts/states.js";
import { SignIn } from "../pages/door/sign-in.js";
import { Welcome } from "../pages/door/welcome.js";
import { StudiesPage } from "../pages/study/studies.js";
import { StudyPage } from "../pages/study/study.js";
import type { Word } from "../words/index.js";
import { KeysButton, KeysProvider } from "./keys.js";
import { Link, Router, usePlace } from "./router.js";
import { SessionProvider, useSession } from "./session.js";
import { SpeechProvider, useSpeech } from "./speech.js";

const lookers: readonly Role[] = ["administrator", "researcher", "viewer"];
const makers: readonly Role[] = ["administrator", "researcher"];
const everybody: readonly Role[] = [...lookers, "reader"];

interface Room {
  /** Address without the first slash; `:name` is one part. */
  readonly path: string;
  readonly title: Word;
  readonly roles: readonly Role[];
  /** Uses the window's whole width. */
  readonly isWide?: boolean;
  readonly page: React.ComponentType;
}

const later = (load: () => Promise<React.ComponentType>): React.ComponentType => lazy(async () => ({ default: await load() }));

const rooms: readonly Room[] = [
  { path: "studies", title: "nav.studies", roles: lookers, page: StudiesPage },
  { path: "studies/new", title: "studies.new", roles: makers, page: later(async () => (await import("../pages/study/new-study.js")).NewStudyPage) },
  { path: "comparison", title: "compare.title", roles: lookers, page: later(async () => (await import("../pages/study/compare.js")).ComparePage) },
  { path: "studies/:study", title: "nav.studies", roles: lookers, page: StudyPage },
  { path: "studies/:study/cases", title: "cases.title", roles: lookers, page: later(async () => (await import("../pages/case/cases.js")).CasesPage) },
  { path: "studies/:study/cases/:case", title: "cases.title", roles: lookers, isWide: true, page: later(async () => (await import("../pages/case/case.js")).CasePage) },
  { path: "readings", title: "reading.title", roles: makers, page: later(async () => (await import("../pages/reading/readings.js")).ReadingsPage) },
  { path: "readings/new", title: "reading.new", roles: makers, page: later(async () => (await import("../pages/reading/design.js")).DesignPage) },
  { path: "readings/:reading", title: "reading.title", roles: makers, page: later(async () => (await import("../pages/reading/reading.js")).ReadingPage) },
  { path: "readings/:reading/design", title: "design.change", roles: makers, page: later(async () => (await import("../pages/reading/design.js")).ChangeDesignPage) },
  { path: "read", title: "desk.title", roles: ["reader"], page: later(async () => (await import("../pages/reading/desk.js")).DeskPage) },
  { path: "read/:assignment", title: "desk.title", roles: ["reader"], isWide: true, page: later(async () => (await import("../pages/reading/read.js")).ReadPage) },
  { path: "try", title: "try.title", roles: lookers, page: later(async () => (await import("../pages/try/try.js")).TryPage) },
  { path: "datasets", title: "data.title", roles: lookers, page: later(async () => (await import("../pages/rooms/data-sets.js")).DataSetsPage) },
  { path: "datasets/:dataset", title: "data.title", roles: lookers, page: later(async () => (await import("../pages/rooms/data-set.js")).DataSetPage) },
  { path: "models", title: "model.title", roles: lookers, page: later(async () => (await import("../pages/rooms/models.js")).ModelsPage) },
  { path: "models/:model", title: "model.title", roles: lookers, page: later(async () => (await import("../pages/rooms/model.js")).ModelPage) },
  { path: "people", title: "people.title", roles: ["administrator"], page: later(async () => (await import("../pages/rooms/people.js")).PeoplePage) },
  { path: "audit", title: "audit.title", roles: ["administrator"], page: later(async () => (await import("../pages/rooms/audit.js")).AuditPage) },
  { path: "account", title: "nav.account", roles: everybody, page: later(async () => (await import("../pages/door/account.js")).AccountPage) },
];

const menu: readonly (readonly [path: string, word: Word])[] = [
  ["studies", "nav.studies"], ["readings", "nav.reading"], ["read", "desk.title"], ["try", "nav.try"], ["datasets", "nav.datasets"], ["models", "nav.models"], ["people", "nav.people"], ["audit", "nav.audit"],
];

function find(parts: readonly string[], role: Role): Room | undefined {
  const wanted = parts.length === 0 ? [role === "reader" ? "read" : "studies"] : parts;
  return rooms.find(({ path }) => {
    const pattern = path.split("/");
    return pattern.length === wanted.length && pattern.every((part, i) => part.startsWith(":") || part === wanted[i]);
  });
}

/** Words of the address, by the names that the room's path gives them. */
export function usePart(index: number): string {
  return usePlace().parts[index] ?? "";
}

function Inside(): ReactNode {
  const { t } = useSpeech();
  const { parts } = usePlace();
  const me = useSession().me!;
  const room = find(parts, me.role);
  useEffect(() => {
    document.title = `${t(room?.title ?? "shell.noPage")} · Osteon`;
  }, [room, t]);
  const current = parts[0] ?? (me.role === "reader" ? "read" : "studies");
  const allowed = (path: string): boolean => rooms.find((candidate) => candidate.path === path)!.roles.includes(me.role);
  const Page = room?.page;
  return (
    <>
      <a className="skip" href="#content">{t("nav.skip")}</a>
      <header className="top">
        <Link className="brand" to="/"><img src="/icon.svg" alt="" />Osteon</Link>
        <nav aria-label={t("nav.main")}>
          {menu.filter(([path]) => allowed(path)).map(([path, word]) => (
            <Link key={path} to={`/${path}`} aria-current={current === path ? "page" : undefined}>{t(word)}</Link>
          ))}
        </nav>
        <Link className="who" to="/account" aria-current={current === "account" ? "page" : undefined}>{me.name}</Link>
      </header>
      <main id="content" className={room?.isWide ? "wide" : ""} tabIndex={-1}>
        {Page === undefined ? <h1>{t("shell.noPage")}</h1> : room!.roles.includes(me.role) ? <Suspense fallback={<Loading />}><Page key={parts.slice(0, 2).join("/")} /></Suspense> : <><h1>{t(room!.title)}</h1><Notice kind="warn">{t("shell.notAllowed")}</Notice></>}
      </main>
    </>
  );
}

function Shell(): ReactNode {
  const { t } = useSpeech();
  const { parts } = usePlace();
  const { me } = useSession();
  return (
    <>
      {parts[0] === "welcome" ? <Welcome /> : me === undefined ? <SignIn /> : <Inside />}
      <footer><span>{t("shell.research")}</span><KeysButton /></footer>
    </>
  );
}

export function App(): ReactNode {
  return (
    <SpeechProvider>
      <Router>
        <SessionProvider>
          <KeysProvider><Shell /></KeysProvider>
        </SessionProvider>
      </Router>
    </SpeechProvider>
  );
}
