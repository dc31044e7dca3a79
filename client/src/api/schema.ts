/* Generated from the product's API by `make client-api`; not edited by hand. */
/* eslint-disable */

export interface paths {
    "/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My applications, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description Begin an application: a draft on the server.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateApplicationBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        /** @description One of mine: its form and papers, what happened, what is next and by when, what I can do.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** @description Write some answers; the rest may be missing. Another version than the one read is refused.
         *
         *     Access: resident
         *     Another version than the one read is refused. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EditApplicationBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/applications/{application_id}/appeal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Ask once for a refusal to be looked at again by somebody else.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AppealBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/correction": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        /** @description What was asked for last, paper by paper, and what is answered.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CorrectionSteps"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/correction/{paper}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
                paper: string;
            };
            cookie?: never;
        };
        get?: never;
        /** @description Answer one of them in words, where I cannot give a file; the last answer counts.
         *
         *     Access: resident */
        put: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                    paper: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CorrectionAnswerBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CorrectionSteps"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/documents": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Add a file to a paper: multipart with `paper` and `file` (JPEG, PNG, WebP or PDF, at most 10 MB).
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                        paper: string;
                    };
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PaperAdded"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/documents/{document_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
                document_id: string;
            };
            cookie?: never;
        };
        /** @description The file.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                    document_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        /** @description Take a file off a draft, or off an application that is back for correction.
         *
         *     Access: resident */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                    document_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/documents/reuse": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take one over; it becomes a file of this application.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReusePaperBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PaperAdded"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/lottery-draws/{draw_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
                draw_id: string;
            };
            cookie?: never;
        };
        /** @description My application in a draw: its number, the salt that proves it is mine, and the rank once it is published.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    application_id: string;
                    draw_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/reusable-papers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        /** @description Files of my other applications that this one may take over, the longest valid first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReusableList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Hand it in. What is missing is named, field by field and paper by paper.
         *
         *     Access: resident
         *     What is missing is named, field by field and paper by paper. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/waiting-place": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        /** @description Where my application stands on its list: how many are ahead, and what moved it when.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/waiting-place/pause": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Let my waiting rest: no offers meanwhile, the place by the rule is kept.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/waiting-place/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description End my pause.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/applications/{application_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                application_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take it back; a place that was given is free again.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    application_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ApplicationView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/wechat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sign in with a login code of the mini-program; the first time makes the resident. Again for a new token.
         *
         *             With `existing` nobody is made: 404 `no_account` where there is none, or where it was erased.
         *
         *     Access: public
         *     Again for a new token.
         *
         *     With `existing` nobody is made: 404 `no_account` where there is none, or where it was erased. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignInBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/centres/{centre_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                centre_id: string;
            };
            cookie?: never;
        };
        /** @description A centre's places by age group and month, its registration, what inspections found, its families' average.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    centre_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CentreView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/placements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One's children on their way to a place, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlacementPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/placements/{placement_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                placement_id: string;
            };
            cookie?: never;
        };
        /** @description How it stands: the offer under way, the place, or for each choice how many children are ahead.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    placement_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlacementView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/placements/{placement_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                placement_id: string;
            };
            cookie?: never;
        };
        /** @description What the family and the centre wrote, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    placement_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ThreadPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description Write to the centre, once the child has a place there.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    placement_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MessageBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ThreadMessage"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/placements/{placement_id}/rating": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                placement_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /** @description Rate the centre once the child's first month there has begun; it can be changed for some days.
         *
         *     Access: resident */
        put: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    placement_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RatingBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RatingShown"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/priorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who goes first where places are short: the published table, each line with its source.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description All rounds, the newest first: open, computed, published and void ones.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    district_code?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/rounds/{round_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                round_id: string;
            };
            cookie?: never;
        };
        /** @description The public record: the draw to be repeated by anyone, and the masked result (`docs/rounds.md`).
         *
         *     Access: public
         *     md`). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    round_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/childcare/rounds/{round_id}/mine": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                round_id: string;
            };
            cookie?: never;
        };
        /** @description One's own number in the record with what opens its seal, and for each choice why the child is not there.
         *
         *     Access: resident */
        get: {
            parameters: {
                query: {
                    placement_id: string;
                };
                header?: never;
                path: {
                    round_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What residents are asked to agree to: the texts of every version with their legal basis.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConsentList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/elders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The old people I am linked to, and those I asked to be linked to.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ElderLinkPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description Ask to be linked to an old person; the township checks. The answer never says who is on the register.
         *
         *     Access: resident
         *     The answer never says who is on the register. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LinkBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ElderLinkItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/elders/{link_id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description I confirm that somebody belongs to my family and may book visits for me.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AskedLink"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/elders/{link_id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Withdraw a request, or end a link.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ElderLinkItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/elders/{link_id}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                link_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description I refuse a request, or end a link that stands.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    link_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AskedLink"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/elders/asked-of-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who wants to be linked to me, and who is. Empty where my account is not proved to be mine.
         *
         *     Access: resident
         *     Empty where my account is not proved to be mine. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AskedLinks"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/facilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description With `lat` and `lng` the nearest first; without, by name, pinyin or initials (`q`), or all by pages.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    category?: string[];
                    cursor?: string;
                    datum?: "wgs84" | "gcj02" | "bd09";
                    district_code?: string;
                    inclusive?: boolean;
                    lat?: number;
                    limit?: number;
                    lng?: number;
                    open_now?: boolean;
                    q?: string;
                    radius_m?: number;
                    with_places?: "any" | "infant" | "toddler" | "preschool";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FacilityPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/facilities/{facility_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                facility_id: string;
            };
            cookie?: never;
        };
        /** @description One facility, whether it is open now, and its hours of today.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    datum?: "wgs84" | "gcj02" | "bd09";
                };
                header?: never;
                path: {
                    facility_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FacilityDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/facilities/{facility_id}/check-ins": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                facility_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Check in by the code on the wall; once a day and facility counts, and who it was is not kept.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    facility_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CheckInBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CheckInView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/facilities/{facility_id}/rating": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                facility_id: string;
            };
            cookie?: never;
        };
        /** @description How residents rate a facility, once enough did. Childcare centres: /childcare/centres/{id}.
         *
         *     Access: public
         *     Childcare centres: /childcare/centres/{id}. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    facility_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FacilityRatingView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Published questions and replies, the latest first; nobody can be recognised in them.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    district_code?: string;
                    limit?: number;
                    public?: "true";
                    theme?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PublicFeedbackPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description Submit a need, complaint, suggestion, praise, or the rating of a facility; `number` is how it is followed.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FeedbackBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedback"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback-themes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What residents spoke of, as counts by theme and county; small ones are left out.
         *
         *     Access: public */
        get: {
            parameters: {
                query: {
                    month: string;
                    since?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ThemeTable"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback/{feedback_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        /** @description One's own piece: what was said, who works on it, what is next and by when.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    feedback_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedback"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback/{feedback_id}/publication": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /** @description Agree to publication without personal data, or no more: then it is taken down at once.
         *
         *     Access: resident */
        put: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    feedback_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AllowPublicationBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedback"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback/{feedback_id}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description The reply does not settle it: once, the office has its days anew.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    feedback_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReopenFeedbackBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedback"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback/{feedback_id}/satisfaction": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description How content one is with the reply; this closes the piece.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    feedback_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SatisfactionBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedback"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feedback/{feedback_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                feedback_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take it back before it is answered; a rating at any time.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    feedback_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedback"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/indicators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The plan's 25 indicators with target, method and the city's latest observation by the platform.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IndicatorList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/indicators/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        /** @description The indicator as it is defined now, and since when it was defined otherwise.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IndicatorDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/indicators/{token}/observations": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        /** @description Monthly observations with numerator, denominator, coverage, source and method.
         *
         *             Where only a part of the area is covered, `value` is null and `partial_value` says what is known.
         *
         *     Access: public
         *     Where only a part of the area is covered, `value` is null and `partial_value` says what is known. */
        get: {
            parameters: {
                query?: {
                    area?: string;
                    cursor?: string;
                    first?: string;
                    last?: string;
                    level?: "city" | "county" | "township";
                    limit?: number;
                    revisions?: "latest" | "all";
                };
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ObservationPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lottery-draws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description All draws, the newest first: committed, drawn, published and void ones.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    district_code?: string;
                    limit?: number;
                    programme?: string;
                    state?: "committed" | "seeded" | "drawn" | "published" | "void";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lottery-draws/{draw_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                draw_id: string;
            };
            cookie?: never;
        };
        /** @description The full record, by which anyone can repeat the draw (`docs/draws.md`).
         *
         *     Access: public
         *     md`). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    draw_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lottery-draws/{draw_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                draw_id: string;
            };
            cookie?: never;
        };
        /** @description A draw in short, and its published record computed again; `checked` is null before it is published.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    draw_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The resident's own record; ID number and phone are masked.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResidentProfile"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** @description Erase the account and all its data; `erasing` while some part is left to a job. Every token ends at once.
         *
         *     Access: resident
         *     Every token ends at once. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErasureState"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** @description Change home township or type size; what is not named stays.
         *
         *     Access: resident */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProfileBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResidentProfile"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/me/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whether alerts are on, and how each programme stands with the reasons; nothing is decided by it.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MyAlertsView"];
                    };
                };
            };
        };
        /** @description Opt in, with the consent's version, or out; either takes effect at once.
         *
         *     Access: resident */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertsBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MyAlertsView"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/chat-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Six digits, good for ten minutes and one use: sent to the official account they join it to this account.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatCodeView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/children": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The children the resident registered as their guardian, masked.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChildList"];
                    };
                };
            };
        };
        put?: never;
        /** @description Register a child under 14 with the guardian's consent; needs the guardian's own real name first.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChildBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChildShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/children/{child_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                child_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Remove a child and withdraw the consent given for it.
         *
         *     Access: resident */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    child_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Agree to the current version of a purpose, or withdraw. What was kept under it goes with the withdrawal.
         *
         *     Access: resident
         *     What was kept under it goes with the withdrawal. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ConsentBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResidentProfile"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A copy of all data held of the resident, in clear.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DataCopy"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One's own pieces, the newest first; by `number` the one.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                    number?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnFeedbackPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/household": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My household with what follows from it; 204 where none is registered.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdShown"];
                    };
                };
                /** @description There is none */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        /** @description Register it, with me as its first member; needs my real name first.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HouseholdBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdShown"];
                    };
                };
            };
        };
        /** @description Delete it; refused while an open application rests on it.
         *
         *     Access: resident */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /** @description Write income, floor area or support. What was handed in before rests on what it said then.
         *
         *     Access: resident
         *     What was handed in before rests on what it said then. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HouseholdChangeBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdShown"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/me/household/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Add a member: a registered child, or a person who agrees.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/household/members/{member_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                member_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Take a member out.
         *
         *     Access: resident */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    member_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdShown"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** @description Correct the relation or the disability. Another number is another person: remove and add.
         *
         *     Access: resident
         *     Another number is another person: remove and add. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    member_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MemberChangeBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HouseholdShown"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/me/identity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Declare real name and ID number, once; needs consent `identity`. Mistakes are corrected by staff.
         *
         *     Access: resident
         *     Mistakes are corrected by staff. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["IdentityBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResidentProfile"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What the product told the resident, newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessagePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/messages/{message_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /** @description Note that a message was opened.
         *
         *     Access: resident */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    message_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MessageShown"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take over the phone number from WeChat, by the code of its phone button.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WechatCodeBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResidentProfile"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/principals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description For whom I may act, and what I have asked for; acting takes the id in the header `On-Behalf-Of`.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyList"];
                    };
                };
            };
        };
        put?: never;
        /** @description Accept with the code that was handed over; needs my real name first.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AcceptCodeBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/principals/{authorisation_id}/give-up": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                authorisation_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Act no more, or take the request back.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    authorisation_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/principals/{authorisation_id}/papers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                authorisation_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Add a photo or PDF of the signed paper: multipart with `file`, at most 10 MB.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    authorisation_id: string;
                };
                cookie?: never;
            };
            requestBody: components["requestBodies"]["postMePrincipals_authorisationId_papers"];
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/principals/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Ask to act for somebody without a telephone, who has signed a paper; the township confirms it.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RequestBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/proxies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whom I have authorised to act for me, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyList"];
                    };
                };
            };
        };
        put?: never;
        /** @description Authorise somebody: the answer holds a code to hand over, good once.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OfferBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyOffered"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/proxies/{authorisation_id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                authorisation_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description End it at once.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    authorisation_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProxyShown"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sign-out-everywhere": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description End every token of the resident, this one too.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My objections, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ObjectionPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objections/{objection_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objection_id: string;
            };
            cookie?: never;
        };
        /** @description One of mine: where it stands, and the ruling.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    objection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnObjectionView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objections/{objection_id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objection_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Add evidence: multipart with `file` (JPEG, PNG, WebP or PDF, at most 10 MB), until it is ruled on.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    objection_id: string;
                };
                cookie?: never;
            };
            requestBody: components["requestBodies"]["postMePrincipals_authorisationId_papers"];
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EvidenceAdded"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objections/{objection_id}/evidence/{document_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                document_id: string;
                objection_id: string;
            };
            cookie?: never;
        };
        /** @description A file of one's own objection.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    document_id: string;
                    objection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objections/{objection_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objection_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /** @description Note that I have read how it ended; it waits for me no more. Before that: no change.
         *
         *     Access: resident
         *     Before that: no change. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    objection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnObjectionView"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objections/{objection_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objection_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take it back; the notice runs on.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    objection_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnObjectionView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My offers, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnOfferPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/offers/{offer_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        /** @description One of mine: what is offered, until when, what I can do.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    offer_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnOffer"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/offers/{offer_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take it; possible until it expires.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    offer_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnOffer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/offers/{offer_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                offer_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Leave it to the next; what follows for one's own waiting is the programme's published rule.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    offer_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnOffer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Townships and counties by name, pinyin or initials, with their points.
         *
         *     Access: public */
        get: {
            parameters: {
                query: {
                    datum?: "wgs84" | "gcj02" | "bd09";
                    limit?: number;
                    q: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlacePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/places/{place_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                place_id: string;
            };
            cookie?: never;
        };
        /** @description One township or county with its point, by its id.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    datum?: "wgs84" | "gcj02" | "bd09";
                };
                header?: never;
                path: {
                    place_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FoundPlace"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/programmes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What can be applied for today.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProgrammeList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/programmes/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        /** @description Its form (JSON Schema), papers, rules and deadlines, each with its source; in a county where one is named.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    district_code?: string;
                };
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProgrammeDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/programmes/{token}/prescreen": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A first answer, rule by rule, and what would change it; nothing is stored.
         *
         *     Access: public */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    token: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PrescreenBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PrescreenResult"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public-notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who is on public notice now, masked, the newest first; how to object.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    district_code?: string;
                    limit?: number;
                    programme?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticePage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public-notices/{notice_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                notice_id: string;
            };
            cookie?: never;
        };
        /** @description One that is on notice now.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    notice_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NoticeView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public-notices/{notice_id}/objections": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                notice_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Object under one's real name, which the applicant never learns; that one notice pauses.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    notice_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ObjectBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnObjectionView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenes/{scene}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scene: string;
            };
            cookie?: never;
        };
        /** @description Where the code on a poster leads; asked by the screen that it opens.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    scene: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SceneView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/service-categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The kinds of service points, with the plan's domain of each.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServiceCategoryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/service-circles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What the plan's service circles promise around a point, what is there, and what is missing.
         *
         *     Access: public */
        get: {
            parameters: {
                query: {
                    datum?: "wgs84" | "gcj02" | "bd09";
                    lat: number;
                    lng: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServiceCircles"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sign in; a refusal never tells which part was wrong. In production nobody signs in without `otp`.
         *
         *     Access: public
         *     In production nobody signs in without `otp`. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StaffSignInBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffSignedIn"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description End every token of the caseworker, on all devices.
         *
         *     Access: staff */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/elder-choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The rows of one's place that wait for a decision, masked.
         *
         *     Access: staff: visitor, township_intake */
        get: {
            parameters: {
                query?: {
                    district_code?: string;
                    township_id?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChoiceList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/elder-choices/{choice_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                choice_id: string;
            };
            cookie?: never;
        };
        /** @description One such row beside the entries it may be about, in full, to be compared; every look is recorded.
         *
         *     Access: staff: visitor, township_intake */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    choice_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChoiceDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/elder-choices/{choice_id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                choice_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Decide: the same person, another one, or not to be taken.
         *
         *     Access: staff: visitor, township_intake */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    choice_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DecideBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChoiceDetail"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The caseworker's own account.
         *
         *     Access: staff */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffProfile"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visit-checklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What a visitor looks at, by risk level; for the phone to keep.
         *
         *     Access: staff: township_intake, visitor, supervisor */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChecklistView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visit-people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Whom a visitor may visit without a plan, by name in a township of theirs, masked; every search is recorded.
         *             The name is in the body, for addresses are logged. Nothing is stored, so it takes no key.
         *
         *     Access: staff: visitor
         *     The name is in the body, for addresses are logged. Nothing is stored, so it takes no key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["FindPersonBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffElderPage"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visit-people/{elder_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                elder_id: string;
            };
            cookie?: never;
        };
        /** @description A person of one's place as a stop that nobody planned, with what is needed at the door; every look is
         *             recorded.
         *
         *     Access: staff: visitor
         *     recorded. */
        get: {
            parameters: {
                query?: {
                    datum?: "gcj02" | "wgs84";
                };
                header?: never;
                path: {
                    elder_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StopView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visit-uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description What a phone noted without a network, in the order of its clock; one result for each event.
         *
         *     Access: staff: visitor */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UploadBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visitor-day": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My visits of a day in the order of the way. Address, phones and map points are there on the day itself, and
         *             every such look is recorded.
         *
         *     Access: staff: visitor
         *     Address, phones and map points are there on the day itself, and
         *     every such look is recorded. */
        get: {
            parameters: {
                query?: {
                    date?: string;
                    datum?: "gcj02" | "wgs84";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DayView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A day's visits of a place, in the order of their hours.
         *
         *     Access: staff: township_intake, visitor, supervisor */
        get: {
            parameters: {
                query?: {
                    date?: string;
                    district_code?: string;
                    township_id?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description A visitor has gone to an old person without booking, by plan or not.
         *
         *     Access: staff: visitor */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UnbookedVisitBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        /** @description One visit with its notes; every look is recorded.
         *
         *     Access: staff: township_intake, visitor, supervisor */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}/arrive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Note the arrival: inside or outside the radius and a band of distance; the point is forgotten.
         *
         *     Access: staff: visitor */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ArriveBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Cancel a booked visit that cannot be made; the family is told. A body may be sent: `version`, `reason`.
         *
         *     Access: staff: visitor, township_intake
         *     A body may be sent: `version`, `reason`. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description End a visit with what was found. Attempted is not seen. A second visitor's report is kept as well.
         *
         *     Access: staff: visitor
         *     Attempted is not seen. A second visitor's report is kept as well. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CompleteBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}/correct": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Correct what a visit says, or choose the report that counts; the old is kept, with the reason.
         *
         *     Access: staff: supervisor */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CorrectBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitDetail"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Begin a booked visit; a body `{"version": …, "device_time": …}` may be sent.
         *
         *     Access: staff: visitor */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/staff/visits/{visit_id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take back the beginning of my visit: a booking stands again, any other is over. A body `{"version": …}` may
         *             be sent.
         *
         *     Access: staff: visitor
         *     A body `{"version": …}` may
         *     be sent. */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StaffVisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscription-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The mini-program's one-time subscription messages, for WeChat's prompt that asks whether they may be sent.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TemplateList"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Mine, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        /** @description One of mine.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/choose": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take another flat; where somebody was quicker, the kept one stays mine.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChooseFlatBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/choose-subsidy": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Money instead of a flat; I leave the list of flats.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/confirm-choice": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description This flat it is; the lease is drawn up.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/flats": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        /** @description The flats that I may choose now instead of the one kept for me.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/give-notice": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description I move out; the lease ends when the key is handed back.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NoticeBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/payer": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /** @description Authorise somebody to pay my rent.
         *
         *     Access: resident */
        put: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PayerBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        post?: never;
        /** @description Take the authorisation back.
         *
         *     Access: resident */
        delete: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/rent": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        /** @description My rent: charges, payments, and what is owed.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenancies/{tenancy_id}/sign": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                tenancy_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sign the lease as it was drawn up.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                };
                path: {
                    tenancy_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-slots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Free hours by county or township, or for an old person I am linked to, that can still be booked; the earliest
         *             first.
         *
         *     Access: resident
         *     first. */
        get: {
            parameters: {
                query?: {
                    district_code?: string;
                    elder_id?: string;
                    from?: string;
                    to?: string;
                    township_id?: string;
                };
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SlotPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-waits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description My waiting requests, the newest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description Wait for an hour on the days that suit; refused while one is free.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AskWaitBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-waits/{wait_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                wait_id: string;
            };
            cookie?: never;
        };
        /** @description One waiting request with its place in the queue.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    wait_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitView"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-waits/{wait_id}/book": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                wait_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Book the hour that is held for me.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    wait_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TakeOfferBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OfferTaken"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-waits/{wait_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                wait_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Leave the hour that is held to the next; I keep my place in the queue.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    wait_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-waits/{wait_id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                wait_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Take a waiting request back.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    wait_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WaitView"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visit-wishes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What can be wished of a visit, and how many of them.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WishCatalogue"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The visits I booked, the latest first.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: {
                    cursor?: string;
                    limit?: number;
                };
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VisitPage"];
                    };
                };
            };
        };
        put?: never;
        /** @description Book an hour for an old person I am linked to.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BookVisitBody"];
                };
            };
            responses: {
                /** @description OK */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visits/{visit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        /** @description One visit I booked.
         *
         *     Access: resident */
        get: {
            parameters: {
                query?: never;
                header?: {
                    "On-Behalf-Of"?: string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VisitItem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visits/{visit_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Cancel a visit in time; a body `{"version": …}` may be sent.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/visits/{visit_id}/reschedule": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Move a visit to another hour in time; the old hour is kept when the new one cannot be had.
         *
         *     Access: resident */
        post: {
            parameters: {
                query?: never;
                header: {
                    "Idempotency-Key": string;
                    "On-Behalf-Of"?: string;
                };
                path: {
                    visit_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RescheduleBody"];
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VisitItem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/waiting-lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description By what each programme's waiting list is ordered, and how ties are decided: published rules.
         *
         *     Access: public */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
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
        /** @description The code as it was handed over. */
        AcceptCodeBody: {
            code: string;
        };
        ActionView: {
            action: string;
            label: string;
        };
        /** @description On or off. `consent_version`: of the text `proactive` that was shown; needed to turn them on. */
        AlertsBody: {
            consent_version?: number | null;
            on: boolean;
        };
        /** @description Whether question and reply may be published without personal data; `false` takes them down. */
        AllowPublicationBody: {
            may_publish: boolean;
        };
        /** @description Why the refusal should be looked at again. */
        AppealBody: {
            reason: string;
            version?: number | null;
        };
        /** @description An application in the applicant's own list. */
        ApplicationItem: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            decided_at: string | null;
            id: string;
            next_step: components["schemas"]["NextStep"];
            programme: string;
            programme_label: string;
            state: string;
            state_label: string;
            /** Format: date-time */
            submitted_at: string | null;
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        ApplicationPage: {
            items: components["schemas"]["ApplicationItem"][];
            next: string | null;
        };
        /** @description One application. `missing`: what still stands between a draft and its submission. */
        ApplicationView: {
            actions: components["schemas"]["ActionView"][];
            appeal: string | null;
            /** Format: date-time */
            appeal_until: string | null;
            correction: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            decided_at: string | null;
            district_code: string | null;
            form: {
                [key: string]: unknown;
            };
            id: string;
            missing: components["schemas"]["FaultView"][];
            next_step: components["schemas"]["NextStep"];
            papers: components["schemas"]["PaperView"][];
            placement: {
                [key: string]: unknown;
            } | null;
            programme: string;
            programme_label: string;
            programme_version: number;
            public_notice: components["schemas"]["OwnNoticeView"] | null;
            reason: string | null;
            state: string;
            state_label: string;
            /** Format: date-time */
            submitted_at: string | null;
            timeline: components["schemas"]["TimelineEntry"][];
            township: string | null;
            township_id: string | null;
            /** Format: date-time */
            updated_at: string;
            version: number;
            waiting: components["schemas"]["WaitingView"] | null;
        };
        /** @description How a phone tells by itself whether it is at a home: metres; the doubt of its position counts up to a most. */
        ArrivalRules: {
            accuracy_most_m: number;
            bands_m: number[];
            radius_m: number;
        };
        /** @description Within the radius (None: the home's point is not known), and the band of the distance; never where. */
        ArrivalView: {
            /** Format: date-time */
            at: string;
            band: string;
            band_label: string;
            within: boolean | null;
        };
        /** @description The arrival at the home: what the phone found by itself (`near`), or its point. */
        ArriveBody: {
            /** Format: date-time */
            device_time?: string | null;
            near?: components["schemas"]["NearBody"] | null;
            point?: components["schemas"]["PointBody"] | null;
            version?: number | null;
        };
        /** @description Who wants to be linked to me: as what, and since when; the name masked, None where none was given. */
        AskedLink: {
            asker: string | null;
            /** Format: date-time */
            created_at: string;
            id: string;
            relation: string;
            relation_label: string;
            state: string;
            state_label: string;
            version: number;
        };
        AskedLinks: {
            items: components["schemas"]["AskedLink"][];
            next?: string | null;
        };
        /** @description For whom, and on which days and half-days an hour would suit; `elder_id` as for a booking. */
        AskWaitBody: {
            days: string[];
            elder_id: string;
            /** @default [
             *       "morning",
             *       "afternoon"
             *     ] */
            half_days: ("morning" | "afternoon")[];
        };
        /** @description `elder_id` as `GET /elders` gives it: `elder_id`, or the link's `id`; `wish_list` from `GET /visit-wishes`. */
        BookVisitBody: {
            elder_id: string;
            slot_id: string;
            wish_list?: string[];
            wishes?: string | null;
        };
        /** @description A published inspection; `on` is its day. */
        CentreFinding: {
            findings: string;
            kind: string;
            kind_label: string;
            on: string;
            outcome: string;
            outcome_label: string;
        };
        /** @description An age group that the centre keeps places for. */
        CentreGroup: {
            age_group: string;
            label: string;
            months: components["schemas"]["CentreMonth"][];
            places: number;
        };
        /** @description How many places of an age group are free in a month (YYYY-MM). */
        CentreMonth: {
            free: number;
            month: string;
        };
        /** @description Stars of 5, once enough families said something. */
        CentreRating: {
            average: number;
            count: number;
        };
        /** @description Why the centre is given no more children; `until` null: for good. */
        CentreSuspended: {
            kind: string;
            kind_label: string;
            reason: string;
            since: string;
            state: string;
            state_label: string;
            until: string | null;
        };
        /** @description What everybody may know of a centre. `reason`: why it takes no children, null where it does.
         *
         *     The latest inspection comes first. */
        CentreView: {
            district_code: string;
            groups: components["schemas"]["CentreGroup"][];
            id: string;
            in_a_round: boolean;
            inspections: components["schemas"]["CentreFinding"][];
            name: string;
            rating: components["schemas"]["CentreRating"] | null;
            reason: string | null;
            reason_label: string | null;
            registration_number: string | null;
            registration_valid_until: string | null;
            suspension: components["schemas"]["CentreSuspended"] | null;
            takes_children: boolean;
        };
        /** @description Six digits to be sent to the official account; shown once. */
        ChatCodeView: {
            code: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** @description The code that was scanned: what follows the facility's id. */
        CheckInBody: {
            code: string;
        };
        /** @description Where somebody has checked in, and what becomes of it. */
        CheckInView: {
            facility_id: string;
            name: string;
            text: string;
        };
        /** @description One point of the checklist. */
        ChecklistItemView: {
            health: boolean;
            kind: string;
            label: string;
            most: number | null;
            options: {
                [key: string]: string;
            };
            required: boolean;
            risk: string[];
            token: string;
        };
        /** @description The whole checklist, for the phone to keep: programmes and kinds of need beside it. */
        ChecklistView: {
            items: components["schemas"]["ChecklistItemView"][];
            needs: {
                [key: string]: string;
            };
            version: number;
        };
        /** @description A child under 14; sending it is the guardian's explicit consent to version `consent_version` of `child`.
         *
         *     A proxy leaves it out: the guardian has given the consent in the authorisation. */
        ChildBody: {
            /** Format: date */
            birth_date?: string | null;
            consent_version?: number | null;
            /**
             * @default resident_id_card
             * @enum {string}
             */
            id_kind: "resident_id_card" | "hmt_residence_permit" | "birth_certificate";
            id_number: string;
            name: string;
            /** @enum {string} */
            relation: "mother" | "father" | "guardian";
        };
        ChildList: {
            items: components["schemas"]["ChildShown"][];
        };
        /** @description A child, masked. */
        ChildShown: {
            /** Format: date */
            birth_date: string;
            id: string;
            id_kind: string;
            id_number: string;
            name: string;
            /** Format: date-time */
            registered_at: string;
            /** @enum {string} */
            relation: "mother" | "father" | "guardian";
            relation_label: string;
        };
        /** @description The row (until it is decided) beside the entries that it may be about. */
        ChoiceDetail: {
            actions: string[];
            candidates: string[];
            entries: components["schemas"]["Compared"][];
            id: string;
            line: number;
            list_id: string;
            name: string | null;
            reason: string;
            reason_label: string;
            row: components["schemas"]["Compared"] | null;
            state: string;
            state_label: string;
            township: string;
            township_id: string;
            version: number;
        };
        /** @description A row that waits for a decision, masked. */
        ChoiceItem: {
            actions: string[];
            candidates: string[];
            id: string;
            line: number;
            list_id: string;
            name: string | null;
            reason: string;
            reason_label: string;
            state: string;
            state_label: string;
            township: string;
            township_id: string;
            version: number;
        };
        ChoiceList: {
            items: components["schemas"]["ChoiceItem"][];
            next: string | null;
        };
        /** @description How one of the family's choices stands. `ahead`: children before this one there; null where that is not said. */
        ChoiceView: {
            ahead: number | null;
            centre: string;
            centre_id: string;
            in_a_round: boolean;
            passed: string | null;
            room: boolean | null;
        };
        /** @description The flat instead of the one that is kept. */
        ChooseFlatBody: {
            flat_id: string;
            version?: number | null;
        };
        /** @description The kind of area by which the plan sets its minutes. */
        CircleArea: {
            district_code: string;
            /** @enum {string} */
            kind: "main_city" | "county_town" | "central_town" | "village";
            label: string;
            township_id: string;
        };
        /** @description A facility with the minutes by the circle's own mode. */
        CircleFacility: {
            address: string | null;
            category: string;
            /** Format: date-time */
            closes_at: string | null;
            distance_m: number | null;
            district_code: string;
            free_places: components["schemas"]["FreePlaces"] | null;
            id: string;
            inclusive: boolean | null;
            location: components["schemas"]["Location"];
            minutes: number;
            name: string;
            open_now: boolean | null;
            /** Format: date-time */
            opens_at: string | null;
            phone: string | null;
            walking_minutes: number | null;
        };
        /** @description What is within reach for one need, and where nothing is the nearest beyond. */
        CircleNeed: {
            categories: string[];
            label: string;
            missing: boolean;
            nearest_beyond: components["schemas"]["CircleFacility"] | null;
            token: string;
            within: components["schemas"]["CircleFacility"][];
        };
        Circumstances: {
            floor_area?: number | null;
            support?: string | null;
            support_label?: string | null;
            yearly_income?: number | null;
        };
        /** @description What tells two people apart. */
        Compared: {
            birth_date: string;
            community: string;
            elder_id: string | null;
            id_number: string | null;
            name: string;
        };
        /** @description What was found, of the visit as it was read. */
        CompleteBody: {
            checklist?: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            device_time?: string | null;
            needs?: components["schemas"]["NeedBody"][];
            notes?: string | null;
            /** @enum {string} */
            outcome: "seen_well" | "seen_with_need" | "not_at_home" | "refused" | "in_hospital" | "moved" | "died" | "emergency";
            version: number;
        };
        /** @description `given` false withdraws. */
        ConsentBody: {
            /** @default true */
            given: boolean;
            /** @enum {string} */
            purpose: "identity" | "phone" | "child" | "verification" | "proactive";
            version: number;
        };
        ConsentList: {
            items: components["schemas"]["ConsentTexts"][];
        };
        /** @description What was last said of a purpose; `holds` where it counts for the present version. */
        ConsentStanding: {
            /** Format: date-time */
            at: string;
            by: string;
            channel: string;
            holds: boolean;
            purpose: string;
            /** @enum {string} */
            state: "given" | "withdrawn";
            version: number;
        };
        /** @description A purpose with all its versions; `current` is asked for now. */
        ConsentTexts: {
            current: number;
            purpose: string;
            required_for: string;
            versions: components["schemas"]["ConsentVersion"][];
        };
        ConsentVersion: {
            articles: string[];
            sensitive: boolean;
            separate: boolean;
            /** Format: date */
            since: string;
            text: string;
            title: string;
            version: number;
        };
        ContactView: {
            name: string;
            phone: string;
            relation: string | null;
        };
        /** @description What the visit is to say: another outcome, or that another report counts, or both. Why is kept encrypted.
         *
         *     `found_at`: when it was found, where the phone's and the server's time are both wrong. To confirm what stands, name
         *     its outcome. */
        CorrectBody: {
            /** Format: date-time */
            found_at?: string | null;
            /** @enum {string|null} */
            outcome?: "seen_well" | "seen_with_need" | "not_at_home" | "refused" | "in_hospital" | "moved" | "died" | "emergency" | null;
            reason: string;
            report_id?: string | null;
            version: number;
        };
        /** @description My answer to one paper that was asked for, where I cannot give a file. */
        CorrectionAnswerBody: {
            text: string;
            version: number;
        };
        CorrectionSteps: {
            items: components["schemas"]["CorrectionStepView"][];
        };
        /** @description A paper that was asked for. `answered`: file, text, or null while it is open. */
        CorrectionStepView: {
            answer: string | null;
            answered: string | null;
            label: string;
            paper: string;
            remark: string | null;
        };
        /** @description What is applied for. */
        CreateApplicationBody: {
            programme: string;
        };
        /** @description Everything that is held of a resident, in clear; `data` by the part of the product that holds it. */
        DataCopy: {
            data: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            exported_at: string;
            resident_id: string;
        };
        /** @description A visitor's day in the order of the way. */
        DayView: {
            arrival: components["schemas"]["ArrivalRules"];
            date: string;
            done: number;
            items: components["schemas"]["StopView"][];
            left: number;
        };
        DeadlineView: {
            label: string;
            source: string;
            stage: string;
            working_days: number;
        };
        /** @description `elder_id`: the entry that the row is about; the only candidate unless named. */
        DecideBody: {
            /** @enum {string} */
            decision: "same" | "other" | "drop";
            elder_id?: string | null;
            version: number;
        };
        /** @description How an indicator is defined from the month `since` on; numerator and denominator are named measures. */
        DefinitionView: {
            denominator: string | null;
            denominator_per: number | null;
            formula: string;
            method: string;
            numerator: string;
            numerator_per: number;
            /** @enum {string} */
            observed_by: "platform" | "platform_partial" | "department";
            owner: string | null;
            since: string;
        };
        /** @description Some answers; null takes one away. `version` is the one last read. */
        EditApplicationBody: {
            form: {
                [key: string]: unknown;
            };
            version: number;
        };
        /** @description A resident's link to an old person; while it is requested it says only what the resident said. */
        ElderLinkItem: {
            actions: string[];
            district_code?: string | null;
            elder_id: string | null;
            id: string;
            id_number: string;
            name: string;
            on_register?: boolean | null;
            relation: string;
            relation_label: string;
            seen_this_month?: boolean | null;
            state: string;
            state_label: string;
            township?: string | null;
            township_id?: string | null;
            version: number;
        };
        ElderLinkPage: {
            items: components["schemas"]["ElderLinkItem"][];
            next?: string | null;
        };
        /** @description `erasing` while some part is still being erased. */
        ErasureState: {
            /** @enum {string} */
            state: "erasing" | "erased";
        };
        /** @description One field of an event that cannot be as it is. */
        EventFault: {
            code: string;
            detail: string;
            field: string;
        };
        /** @description The file just kept, and the objection's version with it. */
        EvidenceAdded: {
            document: components["schemas"]["EvidenceView"];
            version: number;
        };
        EvidenceView: {
            /** Format: date-time */
            added_at: string;
            bytes: number;
            id: string;
            media_type: string;
            name: string;
            pages: number;
        };
        /** @description A facility in a list. Distance in metres, straight; null without a point. open_now null: hours not known. */
        FacilityCard: {
            address: string | null;
            category: string;
            /** Format: date-time */
            closes_at: string | null;
            distance_m: number | null;
            district_code: string;
            free_places: components["schemas"]["FreePlaces"] | null;
            id: string;
            inclusive: boolean | null;
            location: components["schemas"]["Location"];
            name: string;
            open_now: boolean | null;
            /** Format: date-time */
            opens_at: string | null;
            phone: string | null;
            walking_minutes: number | null;
        };
        /** @description One facility. hours_assumed: the year's holiday notice is not known yet.
         *
         *     prices null: nobody has told them, which is not free; prices_expected: such places usually charge for something. */
        FacilityDetail: {
            accessibility: string | null;
            address: string | null;
            area_sqm: number | null;
            beds: number | null;
            beds_nursing: number | null;
            category: string;
            category_label: string;
            /** Format: date-time */
            closes_at: string | null;
            description: string | null;
            district_code: string;
            external_id: string;
            free_places: components["schemas"]["FreePlaces"] | null;
            hours_assumed: boolean;
            hours_today: components["schemas"]["OpenStretch"][];
            id: string;
            inclusive: boolean | null;
            location: components["schemas"]["Location"];
            name: string;
            open_now: boolean | null;
            opening_hours: string | null;
            /** Format: date-time */
            opens_at: string | null;
            ownership: string | null;
            phone: string | null;
            places_infant: number | null;
            places_preschool: number | null;
            places_toddler: number | null;
            prices: components["schemas"]["Price"][] | null;
            prices_expected: boolean;
            prices_valid_from: string | null;
            registration_number: string | null;
            registration_valid_until: string | null;
            source: string;
            status: string;
            township_id: string;
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        FacilityNamed: {
            id: string;
            name: string | null;
        };
        /** @description Facilities, and the cursor of the next page. */
        FacilityPage: {
            items: components["schemas"]["FacilityCard"][];
            next: string | null;
        };
        /** @description `average` of 1 to 5 and how many rated; both null while there are too few. */
        FacilityRatingView: {
            average: number | null;
            count: number | null;
            facility_id: string;
        };
        FaultView: {
            code: string;
            detail: string;
            field: string;
        };
        /** @description A piece. `text` may be left out of a rating, which needs `facility_id` and `stars`. `about`: a programme's token
         *     or a category. The office follows from the facility, else the township, else the point, else the county, else it is
         *     the city. `may_publish`: question and reply may be published without personal data. */
        FeedbackBody: {
            about?: string | null;
            district_code?: string | null;
            facility_id?: string | null;
            /** @enum {string} */
            kind: "need" | "complaint" | "suggestion" | "praise" | "rating";
            /** @default false */
            may_publish: boolean;
            point?: components["schemas"]["FeedbackPointBody"] | null;
            stars?: number | null;
            text?: string | null;
            township_id?: string | null;
        };
        /** @description Where it happened, degrees in the phone's datum. */
        FeedbackPointBody: {
            /** @enum {string} */
            datum: "wgs84" | "gcj02" | "bd09";
            latitude: number;
            longitude: number;
        };
        /** @description One thing said, by `owner` or `staff`. */
        FeedbackSaid: {
            /** Format: date-time */
            at: string;
            from: string;
            text: string;
        };
        FeedbackTimeline: {
            action: string;
            /** Format: date-time */
            at: string;
            label: string;
        };
        /** @description A rule and what became of it: met, not_met, unknown or not_applicable.
         *
         *     Reason and advice are there where it is not met; `changes` says what would have to be otherwise, or be told.
         *     `basis`: for the caseworker, what the rule looked at. */
        FindingView: {
            advice: string;
            /** @default  */
            basis: string;
            changes: string[];
            decisive: boolean;
            label: string;
            outcome: string;
            outcome_label: string;
            reason: string;
            source: string;
            token: string;
        };
        /** @description A name or the beginning of one, and where to look. */
        FindPersonBody: {
            name: string;
            township_id: string;
        };
        /** @description A county (its seat) or a township. */
        FoundPlace: {
            district_code: string;
            district_name: string;
            id: string;
            /** @enum {string} */
            kind: "county" | "township";
            location: components["schemas"]["Location"];
            name: string;
        };
        /** @description Free childcare places by age group; a group that is not kept is left out. */
        FreePlaces: {
            /** @default 0 */
            infant: number;
            /** @default 0 */
            preschool: number;
            /** @default 0 */
            toddler: number;
        };
        HeldPlace: {
            age_group: string;
            age_group_label: string;
            begins: string;
            centre: string;
            centre_id: string;
            rank: number;
            /** Format: date-time */
            since: string;
        };
        /** @description The resident's household; members are added one by one. */
        HouseholdBody: {
            floor_area?: number | null;
            /** @enum {string|null} */
            support?: "minimum_living_allowance" | "extreme_hardship_support" | "low_income" | null;
            yearly_income?: number | null;
        };
        /** @description What is named is written, null takes it away. `version` is the one last read. */
        HouseholdChangeBody: {
            floor_area?: number | null;
            /** @enum {string|null} */
            support?: "minimum_living_allowance" | "extreme_hardship_support" | "low_income" | null;
            version: number;
            yearly_income?: number | null;
        };
        /** @description A household; numbers are masked. `facts`: size, adults, children, elders, disabled, and where they were told
         *     per_capita_income (yuan a month) and per_capita_floor_area (square metres). */
        HouseholdShown: {
            circumstances: components["schemas"]["Circumstances"];
            facts: {
                [key: string]: number;
            };
            id: string;
            members: components["schemas"]["MemberShown"][];
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        /** @description What is told of a household, for a first answer: people, yuan a month and square metres a head. */
        HouseholdTold: {
            adults?: number | null;
            children?: number | null;
            disabled?: number | null;
            elders?: number | null;
            per_capita_floor_area?: number | null;
            per_capita_income?: number | null;
            size?: number | null;
        };
        /** @description A real name with a masked ID number. `source`: declared by `self`, or corrected by `staff`. */
        Identity: {
            id_kind: string;
            id_number: string;
            name: string;
            /** Format: date-time */
            set_at: string;
            /** @enum {string} */
            source: "self" | "staff";
        };
        /** @description Real name and ID number as on the document. */
        IdentityBody: {
            /**
             * @default resident_id_card
             * @enum {string}
             */
            id_kind: "resident_id_card" | "hmt_residence_permit";
            id_number: string;
            name: string;
        };
        /** @description One indicator with every version of its definition, the oldest first. */
        IndicatorDetail: {
            baseline_2020: number | null;
            binding: boolean;
            cumulative_five_years: boolean;
            denominator: string | null;
            domain: string;
            formula: string;
            latest: components["schemas"]["ObservationView"] | null;
            method: string;
            name: string;
            numerator: string;
            /** @enum {string} */
            observed_by: "platform" | "platform_partial" | "department";
            owner: string | null;
            plan_baseline: string;
            plan_target: string;
            progress: number | null;
            since: string;
            source: string;
            target_2025: number | null;
            /** @enum {string} */
            target_comparison: "at_least" | "more_than" | "all";
            token: string;
            unit: string;
            versions: components["schemas"]["DefinitionView"][];
        };
        /** @description All indicators of the plan, in its order. */
        IndicatorList: {
            items: components["schemas"]["IndicatorView"][];
        };
        /** @description One indicator of the plan, its target, how it is observed, and the city's latest observation by the platform.
         *
         *     `progress`: per cent of the way from 2020 to the target, null where it cannot be said. */
        IndicatorView: {
            baseline_2020: number | null;
            binding: boolean;
            cumulative_five_years: boolean;
            denominator: string | null;
            domain: string;
            formula: string;
            latest: components["schemas"]["ObservationView"] | null;
            method: string;
            name: string;
            numerator: string;
            /** @enum {string} */
            observed_by: "platform" | "platform_partial" | "department";
            owner: string | null;
            plan_baseline: string;
            plan_target: string;
            progress: number | null;
            since: string;
            source: string;
            target_2025: number | null;
            /** @enum {string} */
            target_comparison: "at_least" | "more_than" | "all";
            token: string;
            unit: string;
        };
        /** @description Whom the resident asks to be linked to. `township_id` helps where the person is not on the register yet. */
        LinkBody: {
            id_number: string;
            name: string;
            /** @enum {string} */
            relation: "child" | "spouse" | "grandchild" | "sibling" | "child_in_law" | "guardian" | "relative" | "neighbour" | "other";
            township_id?: string | null;
        };
        /** @description Degrees in `datum`. */
        Location: {
            /** @enum {string} */
            datum: "wgs84" | "gcj02" | "bd09";
            latitude: number;
            longitude: number;
        };
        /** @description A point for a map, degrees of `datum`. */
        MapPoint: {
            /** @enum {string} */
            datum: "gcj02" | "wgs84";
            latitude: number;
            longitude: number;
        };
        /** @description A member: a registered child by `child_id`, or a person by name and number.
         *
         *     `agreed`: the member, or the guardian of one under 14, knows of it and agrees (PIPL articles 13 and 31). */
        MemberBody: {
            /** @enum {boolean} */
            agreed: true;
            /** Format: date */
            birth_date?: string | null;
            child_id?: string | null;
            /** @default false */
            disabled: boolean;
            /**
             * @default resident_id_card
             * @enum {string}
             */
            id_kind: "resident_id_card" | "hmt_residence_permit" | "birth_certificate";
            id_number?: string | null;
            name?: string | null;
            /** @enum {string} */
            relation: "spouse" | "child" | "parent" | "sibling" | "grandparent" | "grandchild" | "child_in_law" | "parent_in_law" | "ward" | "other";
        };
        /** @description What to correct of a member. */
        MemberChangeBody: {
            disabled?: boolean | null;
            /** @enum {string|null} */
            relation?: "spouse" | "child" | "parent" | "sibling" | "grandparent" | "grandchild" | "child_in_law" | "parent_in_law" | "ward" | "other" | null;
            version: number;
        };
        MemberShown: {
            /** Format: date */
            birth_date: string;
            disabled: boolean;
            id: string;
            id_kind: string;
            id_number: string;
            name: string;
            relation: string;
            relation_label: string;
        };
        MessageBody: {
            text: string;
        };
        MessagePage: {
            items: components["schemas"]["MessageShown"][];
            next: string | null;
            unread: number;
        };
        MessageShown: {
            /** Format: date-time */
            created_at: string;
            id: string;
            page: string | null;
            /** Format: date-time */
            read_at: string | null;
            text: string;
        };
        /** @description A need that nothing within reach meets. */
        MissingNeed: {
            circle: string;
            label: string;
            need: string;
        };
        MyAlertsView: {
            /** Format: date-time */
            checked_at: string | null;
            consent_version: number;
            items: components["schemas"]["QualifyingView"][];
            on: boolean;
            text: string;
        };
        /** @description What a phone found that compared its point with the home by itself, by the day's `arrival`: no point is sent. */
        NearBody: {
            band: string;
            within: boolean | null;
        };
        /** @description Something the person needs. `programme`: its token, of a programme alone; the note is kept encrypted. */
        NeedBody: {
            /** @enum {string} */
            kind: "programme" | "feedback" | "medical";
            note?: string | null;
            programme?: string | null;
        };
        /** @description What comes next, whose turn it is and until when. `due_assumed`: that year's holidays are not announced yet. */
        NextStep: {
            due_assumed: boolean;
            /** Format: date-time */
            due_at: string | null;
            text: string;
            turn: string | null;
        };
        /** @description Why the tenant leaves. */
        NoticeBody: {
            /** @enum {string} */
            reason: "own_home" | "moved_away" | "own_request" | "other";
            version?: number | null;
        };
        NoticePage: {
            how_to_object: string;
            items: components["schemas"]["NoticeView"][];
            next: string | null;
        };
        /** @description One application on notice: the applicant's masked name, no number, no child. */
        NoticeView: {
            applicant: string;
            district: string;
            district_code: string;
            due_assumed: boolean;
            /** Format: date-time */
            ends_at: string | null;
            id: string;
            programme: string;
            programme_label: string;
            /** Format: date */
            published_on: string;
            state: string;
            state_label: string;
            township: string;
        };
        /** @description What is not right, so that it can be looked into. */
        ObjectBody: {
            statement: string;
        };
        ObjectionPage: {
            items: components["schemas"]["OwnObjectionView"][];
            next: string | null;
        };
        /** @description A page of observations, the latest month first. */
        ObservationPage: {
            items: components["schemas"]["ObservationView"][];
            next: string | null;
        };
        /** @description One observation. `value` is there only where the whole area is covered; `partial_value` says what is known.
         *
         *     `suppressed`: it would tell of few people. `rounded`: its numbers of people are. */
        ObservationView: {
            area: string;
            area_name: string;
            /** Format: date-time */
            as_of: string;
            coverage: {
                [key: string]: unknown;
            };
            denominator: number | null;
            /** @enum {string} */
            finality: "provisional" | "final";
            indicator: string;
            /** @enum {string} */
            level: "city" | "county" | "township";
            method: string;
            note: string | null;
            numerator: number | null;
            /** @enum {string} */
            origin: "platform" | "department";
            partial_value: number | null;
            period: string;
            revision: number;
            rounded: boolean;
            source: string;
            /** @enum {string} */
            status: "complete" | "partial" | "not_observable" | "suppressed";
            unit: string;
            value: number | null;
        };
        /** @description I authorise the one to whom I give the code.
         *
         *     `child_consent_version`: with the action `child`, the version of the consent `child` that I give, as guardian, for
         *     the children whom the proxy registers. */
        OfferBody: {
            /** @default [
             *       "draft",
             *       "papers",
             *       "submit"
             *     ] */
            actions: ("draft" | "papers" | "submit" | "withdraw" | "household" | "visits" | "offer" | "child")[];
            child_consent_version?: number | null;
            /** @default 365 */
            days: number;
            programmes?: string[];
            /** @enum {string} */
            relation: "child" | "spouse" | "parent" | "relative" | "neighbour" | "village_cadre" | "other";
        };
        OfferedPlace: {
            age_group: string;
            age_group_label: string;
            begins: string;
            centre: string;
            centre_id: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            rank: number;
        };
        /** @description The request after its place was booked, and the visit. */
        OfferTaken: {
            visit: components["schemas"]["VisitItem"];
            wait: components["schemas"]["WaitView"];
        };
        /** @description The hour that is held, and until when. */
        OfferView: {
            slot_id: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            until: string;
        };
        /** @description Hours of today, `from` to `to`, HH:MM. */
        OpenStretch: {
            from: string;
            to: string;
        };
        OrderLineView: {
            label: string;
            source: string;
        };
        /** @description One's own piece. */
        OwnFeedback: {
            about: string | null;
            actions: string[];
            district_code: string | null;
            due_assumed: boolean;
            /** Format: date-time */
            due_at: string | null;
            facility: components["schemas"]["FacilityNamed"] | null;
            id: string;
            kind: string;
            kind_label: string;
            may_publish: boolean;
            next_step: string;
            number: string;
            office: string;
            public_state: string | null;
            said: components["schemas"]["FeedbackSaid"][];
            satisfaction: number | null;
            stars: number | null;
            state: string;
            state_label: string;
            /** Format: date-time */
            submitted_at: string;
            timeline: components["schemas"]["FeedbackTimeline"][];
            township_id: string | null;
            version: number;
        };
        OwnFeedbackPage: {
            items: components["schemas"]["OwnFeedback"][];
            next: string | null;
        };
        /** @description Where the application's public notice stands; nothing of who objects or why. */
        OwnNoticeView: {
            due_assumed: boolean;
            /** Format: date-time */
            ends_at: string | null;
            id: string;
            objections_open: number;
            /** Format: date */
            published_on: string;
            state: string;
            text: string;
        };
        /** @description To whom it objects as far as anybody may read it: the place, and the masked name while it is on notice.
         *
         *     `unread`: it has ended and its objector has not read how. `closed_at`: when it ended; null while it is open. */
        OwnObjectionView: {
            applicant: string | null;
            /** Format: date-time */
            closed_at: string | null;
            district: string;
            due_assumed: boolean;
            /** Format: date-time */
            due_at: string;
            evidence: components["schemas"]["EvidenceView"][];
            /** Format: date-time */
            filed_at: string;
            id: string;
            next_step: string;
            notice_id: string;
            programme: string;
            programme_label: string;
            ruling: string | null;
            state: string;
            state_label: string;
            statement: string;
            township: string;
            unread: boolean;
            version: number;
        };
        /** @description One's own offer. `subject`: the flat or the childcare place, as its giver describes it. */
        OwnOffer: {
            actions: string[];
            application_id: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            kind: string;
            kind_label: string;
            /** Format: date-time */
            made_at: string;
            programme: string;
            state: string;
            state_label: string;
            subject: {
                [key: string]: unknown;
            };
            version: number;
        };
        OwnOfferPage: {
            items: components["schemas"]["OwnOffer"][];
            next: string | null;
        };
        /** @description The file as it is kept, and the application's version with it. */
        PaperAdded: {
            document: components["schemas"]["PaperView"];
            version: number;
        };
        PaperKindView: {
            files_most: number;
            help: string;
            label: string;
            required: boolean;
            source: string;
            token: string;
            valid_days: number | null;
        };
        PaperView: {
            /** Format: date-time */
            added_at: string;
            bytes: number;
            id: string;
            media_type: string;
            name: string;
            pages: number;
            paper: string;
        };
        /** @description Who pays the rent with the tenant's authorisation. */
        PayerBody: {
            /** @enum {string} */
            kind: "family" | "employer" | "provident_fund" | "community";
            name: string;
            version?: number | null;
        };
        PlacementPage: {
            items: components["schemas"]["PlacementView"][];
            next: string | null;
        };
        PlacementStep: {
            action: string;
            /** Format: date-time */
            at: string;
            label: string;
        };
        /** @description A child on its way to a place. `unread`: the centre has written since the family last looked. */
        PlacementView: {
            choices: components["schemas"]["ChoiceView"][];
            id: string;
            may_rate: boolean;
            offer: components["schemas"]["OfferedPlace"] | null;
            place: components["schemas"]["HeldPlace"] | null;
            rating: components["schemas"]["RatingShown"] | null;
            /** Format: date-time */
            since: string;
            start_month: string;
            state: string;
            state_label: string;
            text: string;
            timeline: components["schemas"]["PlacementStep"][];
            unread: boolean;
            version: number;
        };
        /** @description Places, best match first. */
        PlacePage: {
            items: components["schemas"]["FoundPlace"][];
            next: string | null;
        };
        /** @description Where the phone is, degrees of `datum`; compared with the home and forgotten. `accuracy_m` as the phone says. */
        PointBody: {
            accuracy_m?: number | null;
            /** @enum {string} */
            datum: "wgs84" | "gcj02" | "bd09";
            latitude: number;
            longitude: number;
        };
        /** @description Some or all answers of the programme's form, and of the household; nothing is kept. */
        PrescreenBody: {
            form: {
                [key: string]: unknown;
            };
            household?: components["schemas"]["HouseholdTold"] | null;
        };
        /** @description The first answer: may_qualify, unlikely or incomplete. It binds nobody.
         *
         *     `turns_on`: the one rule that alone stands between it and the better answer. */
        PrescreenResult: {
            answer: string;
            rules: components["schemas"]["FindingView"][];
            text: string;
            turns_on: string | null;
            turns_on_text: string;
            version: number;
        };
        /** @description What is charged for one item: whole fen by unit; 0 without a unit where the basis is `free`. Null: not said. */
        Price: {
            /** @enum {string|null} */
            age_group: "infant" | "toddler" | "preschool" | null;
            age_group_label: string | null;
            amount_fen: number;
            basis: string | null;
            basis_label: string | null;
            item: string;
            item_label: string;
            note: string | null;
            per: string | null;
            per_label: string | null;
        };
        /** @description What to change; what is not named stays. */
        ProfileBody: {
            home_township_id?: string | null;
            /** @default false */
            large_type: boolean;
        };
        /** @description All that one must know to apply. `form` is a JSON Schema (draft 2020-12) with labels and help.
         *
         *     `household`: required, optional or none. `county_rules`: what the named county sets otherwise holds here. */
        ProgrammeDetail: {
            conflicts: string[];
            consents: string[];
            county_rules: string | null;
            deadlines: components["schemas"]["DeadlineView"][];
            eligibility: components["schemas"]["RuleView"][];
            form: {
                [key: string]: unknown;
            };
            household: string;
            /** Format: date */
            in_force_from: string;
            label: string;
            papers: components["schemas"]["PaperKindView"][];
            public_notice: {
                [key: string]: unknown;
            } | null;
            retention: {
                [key: string]: unknown;
            };
            roles: components["schemas"]["RoleView"][];
            source: string;
            summary: string;
            token: string;
            version: number;
            waiting_list: components["schemas"]["WaitingListView"] | null;
        };
        /** @description A programme in the list. */
        ProgrammeItem: {
            /** Format: date */
            in_force_from: string;
            label: string;
            summary: string;
            token: string;
            version: number;
        };
        ProgrammeList: {
            items: components["schemas"]["ProgrammeItem"][];
            next: string | null;
        };
        ProxyList: {
            items: components["schemas"]["ProxyShown"][];
        };
        /** @description With the code to hand over, good once and until `code_expires_at`. */
        ProxyOffered: {
            actions: string[];
            applicant: string | null;
            code: string;
            /** Format: date-time */
            code_expires_at: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            in_force: boolean;
            papers: components["schemas"]["SignedPaper"][];
            programmes: string[];
            proxy: string | null;
            reason: string | null;
            relation: string;
            relation_label: string;
            state: string;
            state_label: string;
            version: number;
        };
        /** @description An authorisation. `applicant` and `proxy` are masked names, null where nobody is there yet. */
        ProxyShown: {
            actions: string[];
            applicant: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            in_force: boolean;
            papers: components["schemas"]["SignedPaper"][];
            programmes: string[];
            proxy: string | null;
            reason: string | null;
            relation: string;
            relation_label: string;
            state: string;
            state_label: string;
            version: number;
        };
        /** @description A published piece: masked words, no number, no owner. */
        PublicFeedback: {
            answer: string;
            district: string;
            district_code: string | null;
            id: string;
            kind: string;
            kind_label: string;
            month: string;
            /** Format: date-time */
            published_at: string;
            question: string;
            theme: string;
            theme_label: string;
        };
        PublicFeedbackPage: {
            items: components["schemas"]["PublicFeedback"][];
            next: string | null;
        };
        /** @description A programme held against what the resident has told, rule by rule. */
        QualifyingView: {
            answer: string;
            programme: string;
            programme_label: string;
            rules: components["schemas"]["FindingView"][];
            text: string;
        };
        /** @description One to five stars, and some words for the centre. */
        RatingBody: {
            stars: number;
            text?: string | null;
        };
        /** @description What the family said of the centre, and the centre's reply. */
        RatingShown: {
            /** Format: date-time */
            rated_at: string;
            /** Format: date-time */
            replied_at: string | null;
            reply: string | null;
            stars: number;
            text: string | null;
        };
        /** @description What the reply does not settle. */
        ReopenFeedbackBody: {
            reason: string;
        };
        /** @description For whom I ask to act: as on the ID document and on the paper that they signed. */
        RequestBody: {
            /** @default [
             *       "draft",
             *       "papers",
             *       "submit"
             *     ] */
            actions: ("draft" | "papers" | "submit" | "withdraw" | "household" | "visits" | "offer" | "child")[];
            /** @default 365 */
            days: number;
            /**
             * @default resident_id_card
             * @enum {string}
             */
            id_kind: "resident_id_card" | "hmt_residence_permit";
            id_number: string;
            name: string;
            programmes?: string[];
            /** @enum {string} */
            relation: "child" | "spouse" | "parent" | "relative" | "neighbour" | "village_cadre" | "caseworker" | "other";
            township_id: string;
        };
        /** @description The slot to move to; with `version`, only while the visit still has it. */
        RescheduleBody: {
            slot_id: string;
            version?: number | null;
        };
        /** @description A resident as they see themselves. */
        ResidentProfile: {
            children: components["schemas"]["ChildShown"][];
            consents: components["schemas"]["ConsentStanding"][];
            /** Format: date-time */
            created_at: string;
            home_township: components["schemas"]["Township"] | null;
            id: string;
            identity: components["schemas"]["Identity"] | null;
            large_type: boolean;
            phone: string | null;
            version: number;
        };
        ReusableList: {
            items: components["schemas"]["ReusableView"][];
        };
        /** @description A file that may serve again until `valid_until`. */
        ReusableView: {
            application_id: string;
            document: components["schemas"]["PaperView"];
            paper: string;
            programme: string;
            /** Format: date-time */
            valid_until: string;
        };
        /** @description A file of another application of mine. */
        ReusePaperBody: {
            application_id: string;
            document_id: string;
        };
        Role: {
            label: string;
            token: string;
        };
        /** @description Who of the office performs a step. */
        RoleView: {
            action: string;
            by: string[];
            label: string;
            source: string;
        };
        RuleView: {
            advice: string;
            decisive: boolean;
            label: string;
            reason: string;
            source: string;
            token: string;
        };
        /** @description How content with the reply, and a word. */
        SatisfactionBody: {
            stars: number;
            word?: string | null;
        };
        /** @description Where a scanned code leads: a screen of the mini-program, and what it is told. */
        SceneView: {
            page: string;
            query: {
                [key: string]: string;
            };
        };
        /** @description A kind of service point within a domain of the plan. */
        ServiceCategory: {
            domain: string;
            domain_label: string;
            label: string;
            token: string;
        };
        /** @description All categories, in the catalogue's order. */
        ServiceCategoryPage: {
            items: components["schemas"]["ServiceCategory"][];
            next: string | null;
        };
        /** @description One circle: minutes, mode and speed, and the reach in metres, straight, that follows from them. */
        ServiceCircle: {
            complete: boolean;
            label: string;
            metres_per_minute: number;
            minutes: number;
            /** @enum {string} */
            mode: "walking" | "riding";
            mode_label: string;
            needs: components["schemas"]["CircleNeed"][];
            reach_m: number;
            source: string;
            token: string;
        };
        /** @description The circles around a point. */
        ServiceCircles: {
            area: components["schemas"]["CircleArea"];
            circles: components["schemas"]["ServiceCircle"][];
            location: components["schemas"]["Location"];
            missing: components["schemas"]["MissingNeed"][];
        };
        SignedIn: {
            /** Format: date-time */
            expires_at: string;
            resident: components["schemas"]["ResidentProfile"];
            token: string;
        };
        SignedPaper: {
            /** Format: date-time */
            added_at: string;
            bytes: number;
            id: string;
            media_type: string;
            name: string;
            pages: number;
        };
        /** @description A code of `wx.login`. `existing`: sign in again only, never make an account. */
        SignInBody: {
            code: string;
            /** @default false */
            existing: boolean;
        };
        /** @description An hour with free places. */
        SlotItem: {
            district_code: string;
            /** Format: date-time */
            ends_at: string;
            free: number;
            id: string;
            /** Format: date-time */
            starts_at: string;
            township: string;
            township_id: string;
        };
        SlotPage: {
            items: components["schemas"]["SlotItem"][];
            next?: string | null;
        };
        /** @description A register entry in a list: masked. */
        StaffElderItem: {
            categories: string[];
            category_labels: string[];
            community: string;
            district_code: string;
            id: string;
            name: string;
            on_register: boolean;
            risk_label: string;
            risk_level: string;
            seen_this_month: boolean;
            state: string;
            township: string;
            township_id: string;
            version: number;
        };
        StaffElderPage: {
            items: components["schemas"]["StaffElderItem"][];
            next?: string | null;
        };
        /** @description A caseworker; no `district` means the whole city, no `townships` the whole county. */
        StaffProfile: {
            display_name: string;
            district: string | null;
            district_code: string | null;
            id: string;
            otp_enrolled: boolean;
            recovery_codes_left: number;
            roles: components["schemas"]["Role"][];
            townships: components["schemas"]["Township"][];
            username: string;
        };
        StaffSignedIn: {
            /** Format: date-time */
            expires_at: string;
            staff: components["schemas"]["StaffProfile"];
            token: string;
        };
        /** @description `otp` may be left out where no second factor is set up. */
        StaffSignInBody: {
            otp?: string | null;
            password: string;
            username: string;
        };
        /** @description With notes and answers, for those who may read them; all reports and corrections for the supervisor. */
        StaffVisitDetail: {
            actions: string[];
            arrival: components["schemas"]["ArrivalView"] | null;
            booked: boolean;
            cancel_reason_label?: string | null;
            /** Format: date-time */
            cancel_until: string | null;
            checklist: {
                [key: string]: unknown;
            }[];
            community: string | null;
            /** Format: date-time */
            completed_at: string | null;
            conflict: string | null;
            conflict_label: string | null;
            corrections: components["schemas"]["VisitCorrectionView"][];
            /** Format: date-time */
            device_time: string | null;
            device_time_trusted: boolean | null;
            district_code: string;
            elder_id: string;
            elder_name: string;
            /** Format: date-time */
            ends_at: string | null;
            id: string;
            instead_of: string | null;
            /** Format: date-time */
            move_until: string | null;
            notes: string | null;
            outcome: string | null;
            outcome_label: string | null;
            planned: boolean;
            report_id: string | null;
            reports: components["schemas"]["VisitReportView"][];
            risk_level: string | null;
            /** Format: date-time */
            seen_at: string | null;
            slot_id: string | null;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            starts_at: string;
            state: string;
            state_label: string;
            township: string;
            township_id: string;
            version: number;
            visitor_id: string | null;
            wish_list: {
                [key: string]: string;
            }[];
            wishes: string | null;
        };
        /** @description A visit as the staff of its place see it; the name is masked, the outcome is the visitor's. */
        StaffVisitItem: {
            actions: string[];
            arrival: components["schemas"]["ArrivalView"] | null;
            booked: boolean;
            cancel_reason_label?: string | null;
            /** Format: date-time */
            cancel_until: string | null;
            community: string | null;
            /** Format: date-time */
            completed_at: string | null;
            conflict: string | null;
            conflict_label: string | null;
            /** Format: date-time */
            device_time: string | null;
            device_time_trusted: boolean | null;
            district_code: string;
            elder_id: string;
            elder_name: string;
            /** Format: date-time */
            ends_at: string | null;
            id: string;
            instead_of: string | null;
            /** Format: date-time */
            move_until: string | null;
            outcome: string | null;
            outcome_label: string | null;
            planned: boolean;
            report_id: string | null;
            risk_level: string | null;
            /** Format: date-time */
            seen_at: string | null;
            slot_id: string | null;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            starts_at: string;
            state: string;
            state_label: string;
            township: string;
            township_id: string;
            version: number;
            visitor_id: string | null;
            wish_list: {
                [key: string]: string;
            }[];
            wishes: string | null;
        };
        StaffVisitPage: {
            items: components["schemas"]["StaffVisitItem"][];
            next?: string | null;
        };
        /** @description One visit of the day; `person`: of whom no visit is planned or begun, the id is theirs.
         *
         *     Name in full, address, contacts and point only on the day itself, for its visitor. */
        StopView: {
            address: string | null;
            arrival: components["schemas"]["ArrivalView"] | null;
            booked: boolean;
            campaigns: components["schemas"]["WordsOf"][];
            community: string | null;
            contacts: components["schemas"]["ContactView"][];
            elder_id: string;
            /** Format: date-time */
            ends_at: string | null;
            hints: components["schemas"]["WordsOf"][];
            id: string;
            /** @enum {string} */
            kind: "visit" | "planned" | "person";
            language_label: string | null;
            name: string;
            order: number;
            outcome_label: string | null;
            point: components["schemas"]["MapPoint"] | null;
            risk_label: string | null;
            risk_level: string | null;
            stands_in: boolean;
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            starts_at: string | null;
            state: string;
            state_label: string;
            township: string;
            version: number;
            wish_list: components["schemas"]["WordsOf"][];
            wishes: string | null;
        };
        /** @description What is wished of the visit that is booked. */
        TakeOfferBody: {
            wish_list?: string[];
            wishes?: string | null;
        };
        /** @description Our name of a subscription message, and WeChat's. */
        TemplateItem: {
            name: string;
            template_id: string;
        };
        TemplateList: {
            items: components["schemas"]["TemplateItem"][];
        };
        /** @description A theme's pieces by place (`3609`: the city's own) and in all; null where a count is too small to be told. */
        ThemeCounts: {
            label: string;
            places: {
                [key: string]: number | null;
            };
            theme: string;
            total: number | null;
        };
        /** @description `as_of`: when a job counted, where the months are too large to be counted at every look; for the staff alone. */
        ThemeTable: {
            /** Format: date-time */
            as_of?: string | null;
            items: components["schemas"]["ThemeCounts"][];
            month: string;
            note: string;
            since: string;
        };
        /** @description One message of a thread, from the `guardian` or the `centre`. */
        ThreadMessage: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            from: "guardian" | "centre";
            id: string;
            text: string;
        };
        ThreadPage: {
            items: components["schemas"]["ThreadMessage"][];
            next: string | null;
        };
        TimelineEntry: {
            action: string;
            /** Format: date-time */
            at: string;
            by: string;
            label: string;
            note: string | null;
            state: string;
            state_label: string;
        };
        Township: {
            district_code: string;
            id: string;
            name: string;
        };
        /** @description To whom the visitor has gone: a person of the register, or a planned visit. */
        UnbookedVisitBody: {
            /** Format: date-time */
            device_time?: string | null;
            elder_id?: string | null;
            planned_id?: string | null;
        };
        /** @description Events of one phone, each an `UploadItem`; read one by one, so that a bad one does not hold up the others. */
        UploadBody: {
            device_id: string;
            items: {
                [key: string]: unknown;
            }[];
        };
        /** @description What became of one event. `done`: it stands; `kept`: the report is kept beside the one that counts; `refused`: it
         *     is not here, the phone keeps it. `code` and `detail`: why, or the conflict in which the visit stands. */
        UploadResult: {
            code: string | null;
            detail: string | null;
            faults: components["schemas"]["EventFault"][];
            id: string | null;
            outcome: string | null;
            /** @enum {string} */
            result: "done" | "kept" | "refused";
            state: string | null;
            version: number | null;
            visit_id: string | null;
        };
        /** @description One result for each event, in the order in which they were sent. */
        UploadView: {
            results: components["schemas"]["UploadResult"][];
        };
        /** @description What stood before a correction, and why it was corrected. */
        VisitCorrectionView: {
            /** Format: date-time */
            at: string;
            by: string;
            outcome: string;
            outcome_label: string;
            reason: string;
            report_id: string | null;
            /** Format: date-time */
            seen_at: string | null;
        };
        /** @description A visit as the family sees it; while it is booked, until when it can be moved and cancelled. */
        VisitItem: {
            actions: string[];
            cancel_reason_label?: string | null;
            /** Format: date-time */
            cancel_until: string | null;
            /** Format: date-time */
            completed_at: string | null;
            district_code: string;
            elder_id: string;
            elder_name: string;
            /** Format: date-time */
            ends_at: string | null;
            id: string;
            /** Format: date-time */
            move_until: string | null;
            outcome: string | null;
            outcome_label: string | null;
            slot_id: string | null;
            /** Format: date-time */
            starts_at: string;
            state: string;
            state_label: string;
            township: string;
            township_id: string;
            version: number;
            wish_list: {
                [key: string]: string;
            }[];
            wishes: string | null;
        };
        VisitPage: {
            items: components["schemas"]["VisitItem"][];
            next?: string | null;
        };
        /** @description One report of a visit, as its supervisor sees it. */
        VisitReportView: {
            by: string;
            checklist: {
                [key: string]: unknown;
            }[];
            counts: boolean;
            /** Format: date-time */
            device_time: string | null;
            device_time_trusted: boolean;
            /** Format: date-time */
            found_at: string;
            id: string;
            notes: string | null;
            outcome: string;
            outcome_label: string;
            /** Format: date-time */
            received_at: string;
        };
        /** @description By what who is approved waits, the first line that differs deciding; what is still equal by the published tie. */
        WaitingListView: {
            label: string;
            order: components["schemas"]["OrderLineView"][];
            scope: string;
            source: string;
        };
        /** @description Where it stands in its waiting list; `position` and `ahead` are null while it does not wait. */
        WaitingView: {
            ahead: number | null;
            list: string;
            position: number | null;
            /** Format: date-time */
            recheck_due_at: string | null;
            state: string;
            state_label: string;
            total: number;
        };
        WaitPage: {
            items: components["schemas"]["WaitView"][];
            next?: string | null;
        };
        /** @description A waiting request: `position` in the township's queue from one, None once it is over; what to do next. */
        WaitView: {
            actions: string[];
            /** Format: date-time */
            created_at: string;
            days: string[];
            elder_id: string;
            elder_name: string;
            end_reason: string | null;
            end_reason_label: string | null;
            half_days: components["schemas"]["WordsOf"][];
            id: string;
            next_step: string | null;
            offer: components["schemas"]["OfferView"] | null;
            position: number | null;
            state: string;
            state_label: string;
            township: string;
            township_id: string;
            version: number;
            visit_id: string | null;
        };
        /** @description A code of the phone button. */
        WechatCodeBody: {
            code: string;
        };
        WishCatalogue: {
            items: components["schemas"]["WordsOf"][];
            most: number;
        };
        /** @description A token and its words. */
        WordsOf: {
            label: string;
            token: string;
        };
    };
    responses: {
        /** @description When any error occurs on mask */
        MaskError: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description When a mask can't be parsed */
        ParseError: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
    };
    parameters: never;
    requestBodies: {
        postMePrincipals_authorisationId_papers: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
